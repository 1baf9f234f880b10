package cmd

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

func newHealth(c *console) *cobra.Command {
	return command(c, "health", "Check whether the server at PORT on this machine is up", func(ctx context.Context, a *app) error {
		ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		host := a.config.Host
		if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
			host = "localhost"
		}
		url := "http://" + net.JoinHostPort(host, strconv.Itoa(a.config.Port)) + "/health"
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("GET %s: %s", url, resp.Status)
		}
		a.console.printf("ok\n")
		return nil
	})
}

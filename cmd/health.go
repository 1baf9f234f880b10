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

func newHealth() *cobra.Command {
	return command("health", "Check whether the server at PORT on this machine is up", func(_ context.Context, a *app) error {
		host := a.config.Host
		if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
			host = "localhost"
		}
		url := "http://" + net.JoinHostPort(host, strconv.Itoa(a.config.Port)) + "/health"
		client := http.Client{Timeout: 3 * time.Second}
		resp, err := client.Get(url)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("GET %s: %s", url, resp.Status)
		}
		a.printf("ok\n")
		return nil
	})
}

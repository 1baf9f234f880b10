//go:build bench

package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// loadResult is what a run of load has measured.
type loadResult struct {
	perSecond float64
	p50, p99  time.Duration
}

// load asks a server for the paths in turn over keep-alive connections, each with one request under way, for a time. It
// speaks HTTP by hand: a client of net/http's would take most of the machine.
func load(t *testing.T, address string, paths []string, connections int, long time.Duration) loadResult {
	t.Helper()
	requests := make([][]byte, len(paths))
	for i, path := range paths {
		requests[i] = fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n", path)
	}
	took := make([][]time.Duration, connections)
	var group sync.WaitGroup
	start := time.Now()
	for c := range connections {
		group.Go(func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			r := bufio.NewReaderSize(conn, 64<<10)
			for i := c * len(requests) / connections; time.Since(start) < long; i++ {
				asked := time.Now()
				_, err := conn.Write(requests[i%len(requests)])
				if err == nil {
					err = readAnswer(r)
				}
				if err != nil {
					t.Errorf("%s: %v", paths[i%len(paths)], err)
					return
				}
				took[c] = append(took[c], time.Since(asked))
			}
		})
	}
	group.Wait()
	elapsed := time.Since(start)
	all := slices.Sorted(slices.Values(slices.Concat(took...)))
	if len(all) == 0 {
		t.Fatal("no answer at all")
	}
	return loadResult{float64(len(all)) / elapsed.Seconds(), all[len(all)/2], all[len(all)*99/100]}
}

var okStatus, lengthHeader = []byte("HTTP/1.1 200"), []byte("content-length:")

// readAnswer reads a 200 with its body and keeps neither.
func readAnswer(r *bufio.Reader) error {
	length := -1
	for n := 0; ; n++ {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		if n == 0 && !bytes.HasPrefix(line, okStatus) {
			return fmt.Errorf("status %s", line)
		}
		if len(line) == 0 {
			break
		}
		if len(line) > len(lengthHeader) && bytes.EqualFold(line[:len(lengthHeader)], lengthHeader) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(lengthHeader):]))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("an answer without its length")
	}
	_, err := io.CopyN(io.Discard, r, int64(length))
	return err
}

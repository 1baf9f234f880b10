package cmd

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"golang.org/x/term"
)

// console writes results to one stream, and log lines and progress to the other. Log lines appear above the progress bar.
type console struct {
	out, errOut io.Writer

	mu   sync.Mutex
	bars *mpb.Progress
}

func newConsole(out, errOut io.Writer) *console { return &console{out: out, errOut: errOut} }

// Write implements io.Writer for log lines.
func (c *console) Write(line []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bars != nil {
		if n, err := c.bars.Write(line); err == nil {
			return n, nil
		}
	}
	return c.errOut.Write(line)
}

func (c *console) printf(format string, args ...any) { fmt.Fprintf(c.out, format, args...) }

// terminal reports whether the log goes to a terminal.
func (c *console) terminal() bool {
	f, ok := c.errOut.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (c *console) setBars(p *mpb.Progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bars = p
}

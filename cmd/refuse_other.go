//go:build !linux

package cmd

import "net"

// refuseNew is for Linux only; elsewhere a stop under load may reset a few connections.
func refuseNew(net.Listener) {}

// Blueline is a hockey analytics site that anyone can run. See README.md.
package main

import (
	"os"

	"blueline/cmd"
)

func main() {
	os.Exit(cmd.Execute(os.Args[1:], os.Stdout, os.Stderr))
}

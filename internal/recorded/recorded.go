// Package recorded finds recorded answers of the NHL's API. They are in a folder "shared" beside the checkout and not part
// of the repository; tests that need them are skipped without it.
package recorded

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Dir returns a folder of recorded answers, such as "nhle". Without it the test is skipped, or fails if
// REQUIRE_RECORDED is 1. The short form leaves such tests out.
func Dir(t testing.TB, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("not in the short form")
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for !exists(filepath.Join(root, "go.mod")) {
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	dir := filepath.Join(root, "..", "shared", name)
	switch {
	case exists(dir):
		return dir
	case os.Getenv("REQUIRE_RECORDED") == "1":
		t.Fatalf("no recorded answers in %s", dir)
	}
	t.Skipf("no recorded answers in %s", dir)
	return ""
}

// Each calls do with each answer of a file, which may be compressed.
func Each(t testing.TB, path string, do func(json.RawMessage)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	for d := json.NewDecoder(r); ; {
		var answer json.RawMessage
		switch err := d.Decode(&answer); {
		case err == io.EOF:
			return
		case err != nil:
			t.Fatalf("%s: %v", path, err)
		}
		do(answer)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

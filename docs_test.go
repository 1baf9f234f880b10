package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentsNameTestsThatExist has every test and benchmark that a document names be there.
func TestDocumentsNameTestsThatExist(t *testing.T) {
	var code strings.Builder
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "_test.go") {
			text, err := os.ReadFile(path)
			code.Write(text)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	documents, _ := filepath.Glob("docs/*.md")
	for _, document := range append(documents, "README.md", "CONTRIBUTING.md") {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`\b(Test|Benchmark)[A-Z]\w+\b`).FindAllString(string(text), -1) {
			if !strings.Contains(code.String(), "func "+name+"(") {
				t.Errorf("%s names %s, which does not exist", document, name)
			}
		}
	}
}

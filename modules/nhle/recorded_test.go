package nhle

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// recorded is a folder of real answers that lies beside the checkout; it is not part of the repository.
const recorded = "../../../shared/nhle"

// TestDecodesRecordedAnswers holds the client to every real answer there is.
func TestDecodesRecordedAnswers(t *testing.T) {
	if _, err := os.Stat(recorded); err != nil {
		if os.Getenv("CI") == "true" && os.Getenv("NHLE_RECORDED") != "none" {
			t.Fatalf("in CI the recorded answers must be there: %v", err)
		}
		t.Skipf("no recorded answers in %s", recorded)
	}
	decoders := []struct {
		path   *regexp.Regexp
		answer func() interface{ check() error }
	}{
		{regexp.MustCompile(`/en/team\.json$`), func() interface{ check() error } { return new(teamList) }},
		{regexp.MustCompile(`/roster/[A-Z]{3}/\w+\.json$`), func() interface{ check() error } { return new(Roster) }},
		{regexp.MustCompile(`/player/\d+/landing\.json$`), func() interface{ check() error } { return new(Landing) }},
		{regexp.MustCompile(`/player/\d+/game-log/\d+/\d\.json$`), func() interface{ check() error } { return new(gameLog) }},
		{regexp.MustCompile(`/standings/[\w-]+\.json$`), func() interface{ check() error } { return new(standings) }},
	}
	read := make([]int, len(decoders))
	err := filepath.WalkDir(recorded, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		for i, d := range decoders {
			if !d.path.MatchString(filepath.ToSlash(path)) {
				continue
			}
			read[i]++
			body, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if err := decode(body, d.answer()); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, least := range []int{2, 60, 700, 700, 7} {
		if read[i] < least {
			t.Errorf("%v: read %d files, want at least %d", decoders[i].path, read[i], least)
		}
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// layers lists all packages, the lowest layer first. A package may import only packages of lower layers.
var layers = [][]string{
	{"modules/metric", "internal/recorded", "internal/testserver"},
	{"config", "db", "modules/queue", "modules/telemetry", "templates", "modules/nhle"},
	{"modules/nhle/nhlesim", "db/dbtest", "modules/queue/queuetest"},
	{"modules/league", "modules/ledger"},
	{"modules/analysis", "modules/explore", "modules/xg"},
	{"modules/ingest"},
	{"modules/web"},
	{"cmd", "monitoring", "internal/e2e"},
	{""},
}

func TestImportsOnlyGoDown(t *testing.T) {
	layer := map[string]int{}
	for i, names := range layers {
		for _, name := range names {
			layer[strings.TrimSuffix("blueline/"+name, "/")] = i
		}
	}
	for name, imports := range packages(t) {
		own, known := layer[name]
		if !known {
			t.Errorf("package %s is in no layer", name)
		}
		for _, imported := range imports {
			if strings.HasPrefix(imported, "blueline/") && layer[imported] >= own {
				t.Errorf("%s imports %s, which is not below it", name, imported)
			}
			if imported == "blueline/config" && name != "blueline/cmd" {
				t.Errorf("%s imports config, which only cmd may", name)
			}
		}
	}
}

func TestWebKnowsNeitherQueueNorAPI(t *testing.T) {
	for _, imported := range packages(t)["blueline/modules/web"] {
		switch imported {
		case "blueline/modules/queue", "blueline/modules/nhle", "blueline/modules/ingest":
			t.Errorf("web imports %s", imported)
		}
	}
}

// packages returns the imports of each package of the module, without those of its tests.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p.Imports
	}
	return all
}

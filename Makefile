# What people type. Everything here is a script or a Go command that CI runs as well.
.PHONY: test bench

test:
	scripts/test

# Measures everything and writes docs/benchmarks.md; takes some minutes on a quiet machine.
bench:
	go test -tags bench ./cmd -run "^TestBench$$" -count 1 -timeout 90m -v

# What a developer types. `make test` is everything that must pass.

GO    ?= go
SHARED ?= ../shared
FUZZTIME ?= 60s
LINT   = .ci/bin/golangci-lint

.PHONY: build test need vet lint bench fuzz score clean

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o duban .

# Everything once as it is, kill loops and browser included, and then all but
# the long loops under the race detector: it slows a loop of kills down so far
# that it no longer kills at the moments that count.
test: need vet
	$(GO) test -timeout 9m ./...
	@if command -v cc >/dev/null || command -v gcc >/dev/null; then set -x; $(GO) test -race -short -timeout 9m ./...; \
	else echo 'no C compiler: not tested with the race detector'; fi

# A browser and a Chinese font for the story of the chat page.
need:
	@.ci/need

vet:
	$(GO) vet ./...

lint: $(LINT)
	$(LINT) config verify
	$(LINT) run ./...

$(LINT): .ci/tools.mod .ci/tools.sum
	$(GO) build -modfile=.ci/tools.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...
	cd plan/bleve && $(GO) test -run '^$$' -bench .

# Every fuzz target of every package, one after the other.
fuzz:
	@.ci/fuzz $(FUZZTIME)

# Scores against the labelled data, where it lies beside this checkout.
score: build
	@if [ ! -f $(SHARED)/eval/score.py ]; then echo 'score: no $(SHARED)/eval/score.py here, skipped'; exit 0; fi; \
	for what in outline queries messages schedules; do \
		echo "== $$what"; python3 $(SHARED)/eval/score.py $$what --bin ./duban || exit 1; \
	done

clean:
	rm -rf duban .ci/bin

# What a developer types. `make test` is what must pass before a commit, in
# less than four minutes; `make check` is what CI runs.

GO       ?= go
SHARED   ?= ../shared
FUZZTIME ?= 60s
ROUNDS   ?= 10
SEED     ?= $(shell date +%s)
LOAD     ?= 10m
LINT      = .ci/bin/golangci-lint
FLAGS     = -trimpath -ldflags '-s -w'

.PHONY: build test planted postgres engines check need vet tidy lint arrows race fuzz smoke cross release reproducible clients axe faults load bench score clean

build:
	CGO_ENABLED=0 $(GO) build $(FLAGS) -o duban .

# Everything as it is, with the browser, the stories and short kill loops. What vet
# finds was found, and nobody debugs a program of tests that is linked for one run.
test: need vet
	$(GO) test -vet=off -ldflags '-s -w' -skip 'PlantedBugs|NoticesMistakes|TakeOver' -timeout 12m ./...

# The bugs that are planted to see that the checks of kills and of a day find them.
planted:
	$(GO) test -vet=off -count=1 -run 'PlantedBugs|NoticesMistakes' ./bot/killtest ./store/postgres ./e2e

# What shows soonest that a package does not bear PostgreSQL, the stories on it, and two
# minutes of waiting until a second machine takes over.
postgres: need
	DUBAN_TEST_ENGINE=postgres $(GO) test -vet=off -count=1 ./notice ./store ./web/today ./web/operate
	DUBAN_TEST_ENGINE=postgres $(GO) test -vet=off -count=1 -run 'TestScript' ./e2e
	$(GO) test -vet=off -count=1 -run 'TestTakeOver' ./store/postgres ./e2e

# Every test that opens a store, on PostgreSQL, by hand: half an hour.
engines: need
	DUBAN_TEST_ENGINE=postgres $(GO) test -vet=off -count=1 -timeout 60m ./...

# Everything that must hold, in a short form, the quickest to fail first.
check:
	@.ci/steps tidy vet lint arrows need test planted postgres race smoke cross reproducible clients axe

# A browser and a Chinese font for the story of the chat page.
need:
	@.ci/need

vet:
	$(GO) vet ./...
	$(GO) vet -modfile=.ci/release.mod ./.ci/release

tidy:
	$(GO) mod tidy -diff

lint: $(LINT)
	$(LINT) config verify
	$(LINT) run ./...

# The lint must refuse an import that goes up, also from a folder that is new.
arrows: $(LINT)
	@.ci/arrows $(LINT)

$(LINT): .ci/tools.mod .ci/tools.sum
	$(GO) build -modfile=.ci/tools.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

# Without the long loops: the race detector slows a loop of kills down so far
# that it no longer kills at the moments that count.
race:
	@if command -v cc >/dev/null || command -v gcc >/dev/null; then set -x; $(GO) test -vet=off -ldflags '-s -w' -race -short -timeout 18m ./...; \
	else echo 'no C compiler: not tested with the race detector'; fi

# Every fuzz target of every package, one after the other.
fuzz:
	@.ci/fuzz $(FUZZTIME)

# By count: a run that is bounded by time now and then fails with nothing found,
# when its last input is still at work as the time ends (golang/go issue 75804).
smoke:
	@.ci/fuzz 500x

# The binary is promised for three systems, so it must at least compile there.
# On macOS that takes the standard library once more, so only the packages that
# touch the system are tried: the rest is as on Linux.
cross:
	GOOS=windows CGO_ENABLED=0 $(GO) build $(FLAGS) -o /dev/null .
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 $(GO) build $(FLAGS) ./store/...

# What an office downloads, in dist/: see docs/install.md.
release:
	$(GO) run -modfile=.ci/release.mod ./.ci/release

# The same commit must give the same bytes, wherever it is built.
reproducible:
	@.ci/reproducible

# Clients that other people wrote, on the fakes that the tests use.
clients:
	@.ci/client wechat4u ./bot/wechat/webwxtest/cmd/webwxd
	@.ci/client aibot ./bot/wecom/wecomtest/cmd/wecomd
	@.ci/client feishu ./bot/feishu/feishutest/cmd/feishud
	@.ci/client dingtalk ./bot/dingtalk/dingtalktest/cmd/dingtalkd

# Every view by axe-core, in the browser's tests, which do without where it is not installed.
axe: need
	@.ci/client axe

# Long counts, run by hand: at least 2,000 kills and every fault of e2e/faults, from
# SEED on, with the form of a release at the end. The short forms are in test.
faults:
	@.ci/faults $(ROUNDS) $(SEED)

# 50 messages a second through openwechat for as long as LOAD; then L1 and L2, in which
# 400 answers come in a second, and 1,390 in the beginning.
load:
	$(GO) test -count=1 -v -timeout 60m -parallel 1 -run _load ./e2e -load $(LOAD)

bench:
	$(GO) test -v -count=1 -timeout 60m ./bench -rounds 3 -n 10000
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Scores against the labelled data, where it lies beside this checkout.
score: build
	@if [ ! -f $(SHARED)/eval/score.py ]; then echo 'score: no $(SHARED)/eval/score.py here, skipped'; exit 0; fi; \
	for what in outline queries messages schedules; do \
		echo "== $$what"; python3 $(SHARED)/eval/score.py $$what --bin ./duban || exit 1; \
	done; \
	for folder in $(SHARED)/eval/dialogues handlers/testdata/dialogues; do \
		echo "== $$folder"; python3 $(SHARED)/eval/score_dialogues.py -v --bin ./duban $$folder || exit 1; \
	done

clean:
	rm -rf duban dist .ci/bin

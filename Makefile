# Everything here needs Go and make, nothing else. "make help" lists the targets.
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO          ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
EMULATOR    := github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@v0.0.0-20261030222936-bef5c4ba774d
MODULES     := . examples examples/private-cloud bench framework/component/validator framework/component/migrate framework/faastest/contract framework/layer/limit framework/layer/otel framework/layer/prometheus
# Those with tests of their own, beside the root.
TESTED      := examples examples/private-cloud bench framework/component/validator framework/component/migrate framework/faastest/contract framework/layer/limit framework/layer/otel framework/layer/prometheus
# Examples whose OpenAPI document is committed.
CONTRACTS   := bookstore guestbook shop signup

# The race detector needs a C compiler. Packages that are all concurrency run under it; the generator, which is not,
# runs without.
HAVE_CC     := $(shell command -v "$$($(GO) env CC | cut -d' ' -f1)" >/dev/null 2>&1 && echo yes)
RACE        := $(if $(HAVE_CC),-race)
RACY        := ./framework/... 
# How long the tests of one package may take: go says 10 minutes, which two slow cores with empty caches can need for the scripts.
TIMEOUT     ?= 25m
FUZZTIME    ?= 30s
SOAKTIME    ?= 10m

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

build: ## compile every package, and the command into bin/
	$(GO) build ./...
	$(GO) build -o bin/faasgen ./cmd/faasgen
	@for m in $(TESTED); do (cd $$m && $(GO) vet ./...); done

test: ## run all tests
	$(GO) test -timeout $(TIMEOUT) ./...
	@for m in $(TESTED); do echo "test $$m"; (cd $$m && $(GO) test ./...); done

check: build lint tidy current race ## everything that CI runs
	@echo "check: all good"

# What "check" tests: the same as "test", with the race detector where it can be had. The framework's tests wait more than they
# compute, so that three packages at once keep two cores busy. Components are not concurrent, and their databases take long to compile.
race:
ifeq ($(HAVE_CC),yes)
	CGO_ENABLED=1 $(GO) test -timeout $(TIMEOUT) -p 3 -race $(RACY)
	$(GO) test -timeout $(TIMEOUT) $$($(GO) list ./... | grep -v '/framework')
else
	@echo "no C compiler found: the tests run without -race"
	$(GO) test -timeout $(TIMEOUT) ./...
endif
	@for m in $(filter-out framework/layer/%,$(TESTED)); do echo "test $$m"; (cd $$m && $(GO) test ./...); done
	@for m in $(filter framework/layer/%,$(TESTED)); do echo "test $$m"; (cd $$m && $(GO) test $(RACE) ./...); done

lint: ## gofmt, vet, staticcheck
	@bad=$$(git ls-files '*.go' | grep -v /testdata/ | xargs gofmt -s -l); if [ -n "$$bad" ]; then echo "not gofmt-ed, run gofmt -s -w on:"; echo "$$bad"; exit 1; fi
	@for m in $(MODULES); do echo "vet $$m"; (cd $$m && $(GO) vet ./...); done
	@for m in $(MODULES); do echo "staticcheck $$m"; (cd $$m && $(GO) run $(STATICCHECK) ./...); done

tidy: ## go.mod and go.sum say what is used; fix with "go mod tidy" in the folder named
	@for m in $(MODULES); do echo "tidy $$m"; (cd $$m && $(GO) mod tidy -diff); done

current: ## the generated code of the examples is current; fix with "make generate"
	cd examples && $(GO) tool faasgen diff
	cd examples/private-cloud && $(GO) run ./cmd/faasgen diff
	cd examples && for a in $(CONTRACTS); do (cd $$a && $(GO) tool faasgen openapi -o openapi.json --check); done

generate: ## generate the code of the examples
	cd examples && $(GO) generate ./...
	cd examples/private-cloud && $(GO) generate ./...
	cd examples && for a in $(CONTRACTS); do (cd $$a && $(GO) tool faasgen openapi -o openapi.json); done

demo: ## build bookstore for every cloud, also in groups, run it under the simulators, compare the answers
	cd examples && $(GO) run ./demo

matrix: ## send one event of each trigger in each cloud's payload, and print how many arrive alike
	@cd framework/faastest && FAASGEN_MATRIX=1 $(GO) test -count=1 -run '^TestMatrix$$'

# Fetched as a program, as staticcheck is: nothing of it is in a go.mod of ours.
emulator: ## run a unit under AWS's own runtime interface emulator, which is fetched and built first; on Linux
	GOBIN=$(CURDIR)/bin $(GO) install $(EMULATOR)
	FAASGEN_EMULATOR=$(CURDIR)/bin/aws-lambda-rie $(GO) test -count=1 -run '^TestEmulator$$' ./framework/platform/aws

bench: ## measure against the peers, side by side; prints ratios
	cd bench && $(GO) run .

soak: ## run the property tests for long, from a random seed, and the fault tests for SOAKTIME (10m if unset)
	FAASGEN_SOAK=1 $(GO) test -count=1 -timeout 60m -run "Oracle|ServeMux|Decoder|FireTimes" ./framework/trigger/... ./framework/platform/platformtest/grouping ./gen/spec ./gen/target/cron
	@folders=$$(git ls-files -co --exclude-standard '*_test.go' | xargs grep -l 'platformtest\.Faults(' | xargs -n 1 dirname); failed=; \
	for f in $$folders; do \
		echo "faults: $$f"; \
		if said=$$(cd $$f && FAASGEN_SOAK=1 FAASGEN_SOAKTIME=$(SOAKTIME)/$$(wc -w <<<"$$folders") $(GO) test -count=1 -timeout 0 -v -run '^TestFaults$$' . 2>&1); \
		then grep -E 'the seed is|calls, ' <<<"$$said"; else echo "$$said"; failed+=" $$f"; fi; \
	done; \
	if [ -n "$$failed" ]; then echo "fault tests that failed:$$failed"; exit 1; fi

# The sources say which there are, so that a new one is run, too. What fails is left in testdata/fuzz, as the next test.
fuzz: ## run each fuzz test for FUZZTIME (30s if unset)
	@failed=; while IFS=: read -r file name; do \
		printf '%s %s: ' "$$(dirname "$$file")" "$$name"; \
		if said=$$(cd "$$(dirname "$$file")" && $(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) . 2>&1 </dev/null); \
		then grep -o 'execs: [0-9]*' <<<"$$said" | tail -n 1; else echo failed; echo "$$said"; failed+=" $$name"; fi; \
	done < <(git ls-files -co --exclude-standard '*_test.go' | grep -v /testdata/ | xargs grep -HoE '^func Fuzz[A-Za-z0-9_]+' | sed 's/func //'); \
	if [ -n "$$failed" ]; then echo "fuzz tests that failed:$$failed"; exit 1; fi

clean: ## remove what was built
	rm -rf bin dist examples/*/dist examples/*/*/dist

.PHONY: help build test check race lint tidy current generate demo matrix emulator bench soak fuzz clean

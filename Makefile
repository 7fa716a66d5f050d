# Every target needs only Go; the tools are pinned in go.mod. "make" lists the targets.

GO ?= go
BIN := bin/divioctl
# The race detector needs a C compiler. Go disables cgo if there is none.
RACE := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

.PHONY: help build test demo lint fmt bench update clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build bin/divioctl.
	$(GO) build -o $(BIN) ./cmd/divioctl

test: lint ## Run all checks: format, vet, staticcheck, complexity, all tests with the race detector.
	@echo "── tests, $(if $(RACE),with the race detector,WITHOUT the race detector: no C compiler found)"
	$(GO) test $(RACE) ./...
	@echo "── everything passed"

lint: ## Format, vet, staticcheck and complexity, without the tests.
	@echo "── format"
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then \
		echo "not formatted (run make fmt):"; echo "$$unformatted"; exit 1; fi
	@echo "── vet"
	$(GO) vet ./...
	@echo "── staticcheck"
	$(GO) tool staticcheck ./...
	@echo "── complexity"
	$(GO) tool revive -config revive.toml -set_exit_status ./...

demo: build ## Demonstrate divioctl on the sandbox: validate, plan, apply, plan again, one edit.
	@examples/demo.sh $(BIN)

fmt: ## Format the code.
	gofmt -w .

update: ## Rewrite the golden parts of the tests. Review the diff before you commit it.
	DIVIOCTL_UPDATE=1 $(GO) test ./...

bench: ## Run the benchmarks.
	$(GO) test -run '^$$' -bench . -benchmem ./...

clean: ## Remove the built files.
	rm -rf bin

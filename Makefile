# Builds in which JavaScript calls take no lock: see internal/overlay. Plain go build and go test work too, with frames on
# libc's heap; rowan version says which it is.

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
PACKAGES ?= ./...
BENCH    ?= .
OVERLAY  := -overlay=build/frames/overlay.json
STATIC   := CGO_ENABLED=0
RELEASES := linux-amd64 linux-arm64 darwin-arm64 darwin-amd64

.PHONY: build test bench release image overlay clean $(RELEASES)

build: overlay
	$(STATIC) go build $(OVERLAY) -o rowan .

test: overlay
	$(STATIC) go test $(OVERLAY) -vet=off -timeout 15m $(TESTFLAGS) $(PACKAGES)

# The table of figures, with how calls scale in the plain build beside it.
bench: overlay
	@{ go test -vet=off -run '^$$' -bench '^BenchmarkScaling$$' $(TESTFLAGS) ./benchmarks && \
	   go test $(OVERLAY) -vet=off -run '^$$' -bench '$(BENCH)' -timeout 1h $(TESTFLAGS) ./benchmarks; } | go run ./benchmarks/table

# Static binaries below build/release, the licences of what is in them, and the checksums of all.
release: $(RELEASES)
	cp LICENSE build/release/ && go run ./internal/licenses > build/release/LICENSES
	cd build/release && rm -f SHA256SUMS && { command -v sha256sum >/dev/null && sha256sum * || shasum -a 256 *; } > ../SHA256SUMS && mv ../SHA256SUMS .

# An image of Docker's for this machine's processor.
image:
	docker build --build-arg VERSION=$(VERSION) -t rowan .

$(RELEASES): overlay
	GOOS=$(word 1,$(subst -, ,$@)) GOARCH=$(word 2,$(subst -, ,$@)) $(STATIC) go build $(OVERLAY) -trimpath \
		-ldflags '-s -w -X main.version=$(VERSION)' -o build/release/rowan-$@ .

overlay:
	@go run ./internal/overlay build/frames

clean:
	rm -rf build rowan

# rowan in an image of its own: the static binary, certificate authorities for what scripts fetch, and an empty /data, owned by
# the user without rights that it runs as. Apps are mounted at /app, or copied there by an image that begins FROM this one.
#
#	docker build -t rowan .
#	docker run --rm -p 4000:4000 -v "$PWD:/app:ro" -v chat:/data rowan

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=devel
RUN make "$TARGETOS-$TARGETARCH" VERSION="$VERSION" && \
    mv "build/release/rowan-$TARGETOS-$TARGETARCH" /rowan && mkdir -p /empty/data /empty/tmp && \
    go run ./internal/licenses > LICENSES

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /rowan /bin/rowan
COPY --from=build /src/LICENSE /src/LICENSES /
COPY --from=build --chown=65532:65532 /empty/ /
# Where rowan top, attach, reload and restart find the server: docker exec -it CONTAINER rowan top
ENV PATH=/bin XDG_RUNTIME_DIR=/tmp
USER 65532:65532
WORKDIR /app
VOLUME ["/data"]
EXPOSE 4000
ENTRYPOINT ["/bin/rowan"]
CMD ["serve", "app.ts", "--listen", ":4000", "--data", "/data"]

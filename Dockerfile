FROM golang:1.26.8-bookworm@sha256:a688600ca24f8a4d3ca77f95b0dd40704a9fc787c826660eb7ba0b641b8b175d AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# The folder .git is not copied, so pass the commit: docker build --build-arg COMMIT="$(git rev-parse HEAD)" .
ARG COMMIT
# The image holds the program, the root certificates for the NHL and the broker, and a /tmp for the demo's database. Time
# zones are in the program.
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X blueline/modules/telemetry.commit=$COMMIT" -o /image/blueline . \
	&& install -D -m 644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt \
	&& install -d -m 1777 /image/tmp

# About 22 MB (8 MB to download), without a shell.
FROM scratch
COPY --from=build /image /
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/blueline", "health"]
ENTRYPOINT ["/blueline"]
CMD ["serve"]

# duban in a container. It was never built where it was written: docs/install.md.
FROM golang:1.26-bookworm AS build
WORKDIR /src
# A mirror of Go modules: docker build --build-arg GOPROXY=https://…,direct
ARG GOPROXY
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -buildvcs=auto -trimpath -ldflags '-s -w' -o /duban .

FROM debian:bookworm-slim
# pdftotext for plans in PDF, and the roots that mail and alarms are checked with.
# hadolint ignore=DL3008
RUN apt-get update \
	&& apt-get install -y --no-install-recommends ca-certificates poppler-utils \
	&& rm -rf /var/lib/apt/lists/* \
	&& useradd --system --uid 8642 --create-home --home-dir /office --shell /usr/sbin/nologin duban \
	&& chmod 700 /office
COPY --from=build /duban /usr/local/bin/duban
USER duban
# config.yaml, the plan, the roster, duban.key, data and backups: everything.
WORKDIR /office
VOLUME /office
STOPSIGNAL SIGTERM
ENTRYPOINT ["duban"]
CMD ["run"]

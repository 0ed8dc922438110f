# MinIO and its client from their source, of 2026-02: the project has published no images since 2025-10, so none has the fix of
# CVE-2025-62506, and its repository is archived. LoraHub needs only S3, so take a server that is maintained for a new hub.
FROM golang:1.26.0-bookworm AS build
RUN CGO_ENABLED=0 go install github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c \
 && CGO_ENABLED=0 go install github.com/minio/mc@v0.0.0-20250313080218-cf909e1063a9

FROM debian:12.11-slim
COPY --from=build /go/bin/minio /go/bin/mc /usr/local/bin/
ENTRYPOINT ["minio"]

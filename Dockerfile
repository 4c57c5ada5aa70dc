# syntax=docker/dockerfile:1
# Atelier in one image: the program, the image library, and the C libraries of docs/dependencies.md. Nothing of the
# toolchain is in it, and nothing in it runs as root.
FROM swift:6.3-bookworm AS build
WORKDIR /source
COPY scripts scripts
RUN bash -euc '. scripts/dependencies.sh; need_build_dependencies' && rm -rf /var/lib/apt/lists/*
COPY . .
RUN swift build -c release --static-swift-stdlib --product atelier \
    && install -D .build/release/atelier /image/usr/local/bin/atelier \
    && install -D .libraries/libvips.so.42 /image/usr/local/lib/atelier/libvips.so.42

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl libcurl4 libjansson4 libmariadb3 libmicrohttpd12 \
        libnghttp2-14 libpq5 libsqlite3-0 libssl3 libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin atelier \
    && install -d -m 700 -o atelier -g atelier /var/lib/atelier /var/lib/atelier-files
COPY --from=build /image /
ENV API_HOST=0.0.0.0 \
    ATELIER_HOME=/var/lib/atelier \
    ATELIER_STORAGE=file:///var/lib/atelier-files \
    ATELIER_LIBVIPS=/usr/local/lib/atelier/libvips.so.42 \
    ATELIER_LOG_FORMAT=json
# Settings are read from the environment and from .env here.
WORKDIR /var/lib/atelier
USER atelier
EXPOSE 8001
ENTRYPOINT ["/usr/local/bin/atelier"]
CMD ["serve"]

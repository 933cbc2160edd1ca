# Curlew in an image: built in one stage, only the binary in the last, run by a user without rights.
FROM rust:1.95-bookworm AS build
# Node 20 or newer builds the styles; curl and git come with the image.
COPY --from=node:22-bookworm-slim /usr/local/bin/node /usr/local/bin/node
COPY --from=node:22-bookworm-slim /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /src
# The tools first: they change seldom.
COPY rust-toolchain.toml ./
COPY bin/lib.sh bin/setup bin/
COPY style/package.json style/package-lock.json style/
ENV CURLEW_CACHE=/cache
RUN bin/setup
COPY . .
RUN bin/build && mkdir -p /out/data && cp dist/curlew /out/curlew

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin curlew && install -d -o curlew -g curlew /data
COPY --from=build /out/curlew /usr/local/bin/curlew
USER curlew
WORKDIR /data
VOLUME /data
ENV CURLEW_ENV=production CURLEW_ADDR=0.0.0.0:3000 DATABASE_URL=sqlite:///data/curlew.db
EXPOSE 3000
# SIGTERM drains and exits 0.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s CMD ["curlew", "ready"]
ENTRYPOINT ["curlew"]
CMD ["serve"]

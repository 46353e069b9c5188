# MCP Config Store as an image: Node, the libraries it needs, the bundle, and nothing else (no shell, no package manager).
#
#   docker build -t mcp-config-store .
#   docker run -i --rm -v mcp-config-store:/app/var mcp-config-store              serves MCP over standard input and output
#   docker run --rm -v mcp-config-store:/app/var mcp-config-store verify          any other command
#
# Any Debian image with Node 22.18 or newer will do; for a build that never changes, name it by its digest.
ARG NODE_IMAGE=node:24-trixie-slim

FROM ${NODE_IMAGE} AS bundle
WORKDIR /build
COPY package.json package-lock.json ./
# The pinned Node is for machines with another one: here the base image's builds, and what runs is the same.
RUN npm ci --ignore-scripts --no-audit --no-fund && rm -r node_modules/node-linux-*
COPY tsconfig.json LICENSE ./
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build.ts --outdir /bundle

# The root file system: what ldd names for Node and the SQLite addon, with the licences of the packages it came from.
FROM ${NODE_IMAGE} AS root
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils >/dev/null && rm -rf /var/lib/apt/lists/*
COPY --from=bundle /bundle /root-fs/app
COPY LICENSE /root-fs/app/
RUN set -eu; cd /root-fs; \
    node=$(readlink -f "$(command -v node)"); \
    mkdir -p usr/local/bin etc tmp usr/share/doc; \
    chmod 1777 tmp; \
    strip -o usr/local/bin/node "$node"; \
    for binary in "$node" app/*.node; do ldd "$binary"; done | grep -o '/[^ )]*' | sort -u | while read -r library; do \
      mkdir -p ".${library%/*}"; cp -L "$library" ".$library"; \
      package=$(dpkg -S "*/${library##*/}" | head -n 1 | cut -d : -f 1); \
      mkdir -p "usr/share/doc/$package"; cp -L "/usr/share/doc/$package/copyright" "usr/share/doc/$package/"; \
    done; \
    mkdir usr/share/doc/node; cp "$(dirname "$(dirname "$node")")/LICENSE" usr/share/doc/node/copyright; \
    printf 'root:x:0:0:root:/:/sbin/nologin\nmcp:x:10001:10001:MCP Config Store:/app:/sbin/nologin\n' >etc/passwd; \
    printf 'root:x:0:\nmcp:x:10001:\n' >etc/group; \
    mkdir -p -m 0700 /volumes/var /volumes/var/storage /volumes/var/keys /volumes/var/state /volumes/var/telemetry; \
    NODE_DISABLE_COMPILE_CACHE=1 chroot /root-fs /usr/local/bin/node /app/main.js --version

FROM scratch
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="MCP Config Store" \
      org.opencontainers.image.description="A signed, content-addressable config store, served over MCP stdio" \
      org.opencontainers.image.source="https://github.com/mcp-config-store/mcp-config-store" \
      org.opencontainers.image.licenses="Apache-2.0 AND MIT AND BSD-3-Clause AND ISC" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      io.modelcontextprotocol.server.name="io.github.mcp-config-store/mcp-config-store"
COPY --from=root /root-fs/ /
# A new named volume takes owner and mode from here. There is no VOLUME line: with one, a forgotten -v would lose everything
# without a word.
COPY --from=root --chown=10001:10001 /volumes/ /app/
ENV NODE_ENV=production \
    CONFIG_STORE_VAR=/app/var \
    CONFIG_STORE_EXPECT_VOLUME=on
WORKDIR /app
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=10s --start-period=5s --retries=3 \
    CMD ["/usr/local/bin/node", "/app/main.js", "health"]
ENTRYPOINT ["/usr/local/bin/node", "/app/main.js"]

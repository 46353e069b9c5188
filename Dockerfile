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
# Readable for any user, also from a clone with umask 077; /var/dev is for the service "dev" of docker-compose.yml.
RUN chmod -R a+rX package.json package-lock.json tsconfig.json LICENSE scripts src && install -d -o 1000 -g 1000 /var/dev && \
    node scripts/build.ts --image --outdir /bundle

# Two file systems: what runs Node (it changes with the base image), and the program. The first is what ldd names for Node and
# the SQLite addon, with licence and package data of the packages it came from, so that scanners see them. No file has a time of
# its own: the same inputs make the same layers (SOURCE_DATE_EPOCH, in seconds).
FROM ${NODE_IMAGE} AS root
ARG SOURCE_DATE_EPOCH=499162500
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils >/dev/null && rm -rf /var/lib/apt/lists/*
COPY --from=bundle /bundle /app-fs/app
COPY --from=bundle /build/package.json /build/package-lock.json /build/
COPY --from=bundle /build/scripts /build/scripts
COPY --from=bundle /build/LICENSE /app-fs/app/
RUN set -eu; mkdir /root-fs; cd /root-fs; \
    node=$(readlink -f "$(command -v node)"); \
    mkdir -p usr/local/bin etc tmp usr/share/doc usr/share/sbom var/lib/dpkg/status.d; \
    chmod 1777 tmp; \
    strip -o usr/local/bin/node "$node"; \
    cp -L /etc/os-release etc/os-release; \
    : >/packages; \
    for binary in "$node" /app-fs/app/*.node; do ldd "$binary"; done | grep -o '/[^ )]*' | sort -u | while read -r library; do \
      mkdir -p ".${library%/*}"; cp -L "$library" ".$library"; \
      package=$(dpkg -S "*/${library##*/}" | head -n 1 | cut -d : -f 1); \
      mkdir -p "usr/share/doc/$package"; cp -L "/usr/share/doc/$package/copyright" "usr/share/doc/$package/"; \
      dpkg -s "$package" >"var/lib/dpkg/status.d/$package"; \
      dpkg-query -W -f '${Package}\t${Version}\t${Architecture}\n' "$package" >>/packages; \
    done; \
    mkdir usr/share/doc/node; cp "$(dirname "$(dirname "$node")")/LICENSE" usr/share/doc/node/copyright; \
    sort -u -o /packages /packages; \
    node /build/scripts/sbom.ts --notices /app-fs/app/THIRD-PARTY-NOTICES.txt --runtime /packages >usr/share/sbom/mcp-config-store.cdx.json; \
    printf '#!/usr/local/bin/node\nimport("/app/main.js");\n' >usr/local/bin/config-store; chmod 755 usr/local/bin/config-store; \
    printf 'root:x:0:0:root:/:/sbin/nologin\nmcp:x:10001:10001:MCP Config Store:/app:/sbin/nologin\n' >etc/passwd; \
    printf 'root:x:0:\nmcp:x:10001:\n' >etc/group; \
    mkdir -p -m 0700 /volumes/var /volumes/var/storage /volumes/var/keys /volumes/var/state /volumes/var/telemetry; \
    cp -a /app-fs/app /root-fs/app; NODE_DISABLE_COMPILE_CACHE=1 chroot /root-fs /usr/local/bin/config-store --version; rm -r /root-fs/app; \
    find /root-fs /app-fs /volumes -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

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
COPY --from=root /app-fs/ /
# A new named volume takes owner and mode from here. There is no VOLUME line: with one, a forgotten -v would lose everything
# without a word.
COPY --from=root --chown=10001:10001 /volumes/ /app/
ENV NODE_ENV=production \
    CONFIG_STORE_VAR=/app/var \
    CONFIG_STORE_EXPECT_VOLUME=on \
    CONFIG_STORE_KEYS_SHARED=on \
    CONFIG_STORE_LOG_LEVEL=info
WORKDIR /app
USER 10001:10001
# The first check comes after one interval: healthy within 5 seconds on engines that have no --start-interval too.
HEALTHCHECK --interval=3s --timeout=10s --retries=5 CMD ["/usr/local/bin/node", "/app/health.cjs"]
ENTRYPOINT ["/usr/local/bin/node", "/app/main.js"]

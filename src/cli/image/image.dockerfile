# The image of a project of Agentpolis, as `polis build` makes it. Pin the base by its digest: deployment.image.base, or --base.
ARG BASE=node:26-slim

# What the project needs when it runs, exactly as its lock file says; without declarations and maps, which nothing reads then.
FROM ${BASE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json *.tgz ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --no-audit --no-fund --no-update-notifier --cache=/tmp/npm \
    && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.*s.map' \) -delete \
    && mkdir -p /state/.polis

# The system without what only a build needs: package managers, headers, manuals, translations.
FROM ${BASE} AS system
RUN node --version > /etc/node-release \
    && echo 'polis:x:10001:10001::/tmp:/usr/sbin/nologin' >> /etc/passwd \
    && echo 'polis:x:10001:' >> /etc/group \
    && if command -v dpkg > /dev/null; then \
         dpkg --purge --force-remove-essential --force-depends \
           $(dpkg-query --show --showformat '${Package}\n' \
             | grep --line-regexp --extended-regexp 'apt|debian-archive-keyring|libapt-pkg[0-9.]+(t64)?|perl-base|gpgv|e2fsprogs|logsave') ; \
       fi \
    && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* \
         /opt/yarn* /usr/local/include /usr/local/share/doc /usr/local/share/man /usr/local/*.md /usr/local/LICENSE \
         /usr/share/doc /usr/share/man /usr/share/info /usr/share/locale /usr/share/lintian /usr/share/bash-completion \
         /usr/lib/x86_64-linux-gnu/gconv /usr/lib/aarch64-linux-gnu/gconv /usr/lib/locale /usr/share/i18n \
         /var/lib/apt /var/cache /var/log /var/lib/dpkg/*-old /etc/apt /tmp/* /root/.npm
# Node's own binary without its symbols, a fifth of it: what lies behind the last segment is never loaded.
RUN node --eval "const fs = require('node:fs'), file = fs.readFileSync(process.execPath); \
      const at = Number(file.readBigUInt64LE(32)), size = file.readUInt16LE(54), count = file.readUInt16LE(56); \
      const ends = Array.from({ length: count }, (_, i) => at + i * size) \
        .map((header) => Number(file.readBigUInt64LE(header + 8) + file.readBigUInt64LE(header + 32))); \
      file.fill(0, 40, 48).fill(0, 60, 64); \
      fs.writeFileSync('/node', file.subarray(0, Math.max(...ends)), { mode: 0o755 })" \
    && mv /node "$(command -v node)" && node --version

# From nothing, so that what was removed takes no room; the same base gives the same layer, which releases share.
FROM scratch
ENV PATH=/app/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    NODE_ENV=production \
    POLIS_SERVER_HOST=0.0.0.0
COPY --from=system / /
WORKDIR /app
COPY --from=dependencies /app/node_modules /app/node_modules
COPY . .
# The one place of the project that is written to.
COPY --from=dependencies --chown=10001:10001 /state/.polis/ /app/.polis/
ARG TITLE
ARG SOURCE
ARG REVISION
ARG VERSION
ARG LICENSES
ARG RELEASE
LABEL org.opencontainers.image.title="${TITLE}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="${LICENSES}" \
      dev.agentpolis.release="${RELEASE}"
USER 10001:10001
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
ENTRYPOINT ["polis"]
CMD ["serve"]

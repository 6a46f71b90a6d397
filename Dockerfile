# syntax=docker/dockerfile:1

FROM node:24-slim AS build
WORKDIR /app
# better-sqlite3 is compiled where its prebuilt binary cannot be had.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts ./scripts
COPY web ./web
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json config.example.yaml LICENSE ./
# The store, its backups and the key file. The key unlocks secrets that were entered in the browser: back it up apart.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Other machines reach a container only through 0.0.0.0, and the monitor refuses to listen beyond loopback without a
# password: start it with ALIVEMCP_PASSWORD set, and with `password: ${ALIVEMCP_PASSWORD}` in the configuration file,
# which is mounted at /app/config.yaml.
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve", "--listen", "0.0.0.0:8080", "--store", "sqlite:/data/alivemcp.db"]

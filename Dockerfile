# Node runs the TypeScript of src as it is, so nothing is built: one stage installs, the other one runs.
FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY openapi/package.json ./openapi/
# The optional packages are Node itself for other machines; this image has it. Nothing needed runs an install script.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:26-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8443 DATA_DIRECTORY=/home/node/data
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY drizzle ./drizzle
COPY schemas ./schemas
COPY openapi ./openapi
# Served at /doc.
COPY docs/exchange ./docs/exchange
COPY docs/integrators ./docs/integrators
COPY src ./src
# The command line of operators: docker compose exec gateway infoss --help
RUN mkdir -p /usr/local/bin && ln -s /app/src/infoss.ts /usr/local/bin/infoss
USER node
# Made by the user who runs, so that a volume mounted here belongs to that user. Holds development certificates only.
RUN mkdir /home/node/data
EXPOSE 8443 2222
# Asks this very process, whose certificate is for its public name: hence no check of names. Disable it for ROLES=worker.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "--eval", "require('node:https').get({ host: '127.0.0.1', port: process.env.PORT, path: '/REST/digitalContracts/v1/health', rejectUnauthorized: false }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# What npm start sets: memory that is free goes back to the system, and what was compiled is kept for the next start.
ENV MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072 NODE_COMPILE_CACHE=/home/node/compiled
# Its flags: a small young generation, a heap that follows what lives in it, one thread that marks it (several would keep
# requests waiting), and buffers of files collected as they come.
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=30", "--concurrent-marking-max-worker-num=1", "--expose-gc", "src/main.ts", "start"]

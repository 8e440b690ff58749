# What one does with the system in containers, and in development. `make help` lists it; docs/start.md explains it.
SHELL := bash
compose := docker compose --env-file .env.compose
# For `make check`, and for the logs: one folder or service of many.
folder ?=
service ?=

.DEFAULT_GOAL := help
.PHONY: help setup up down reset logs check up-db up-backend up-frontend up-pipeline

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## write the .env files with secrets of their own, install the packages
	@node deploy/containers/bin/setup.mjs
	npm ci

.env.compose services/.env:
	@node deploy/containers/bin/setup.mjs

up: .env.compose services/.env ## start everything in containers, migrations first; ends with the address
	$(compose) up --detach --build --wait
	@echo "ready $$(grep -E '^PUBLIC_URL=' .env.compose | cut -d= -f2-)"

down: .env.compose ## stop everything; data stays
	$(compose) --profile '*' down --remove-orphans

reset: .env.compose ## destroy all data of the containers, asks first
	@read -r -p 'This destroys every account, row and backup in the volumes of personal-finances. Type "destroy": ' said; \
	  [ "$$said" = destroy ] || { echo 'Nothing was touched.'; exit 1; }
	$(compose) --profile '*' down --remove-orphans --volumes

logs: .env.compose ## follow the logs of all, or of one: make logs service=gateway
	$(compose) logs --follow --tail 100 $(service)

check: ## lint, types and tests without servers, of all or of one: make check folder=services/auth
ifeq ($(folder),)
	npm run lint
	npm run types
	npm run unit
else
	npx biome check $(folder)
	npx tsc -b $(folder)
	npm run unit -- $(folder)
endif

development := $(compose) -f docker-compose.yml -f deploy/containers/development.yml

up-db: .env.compose services/.env ## event log, database, object store on ports of this machine, migrations done
	$(development) up --detach --build --wait nats postgres s3
	$(development) run --rm --build prepare

up-backend: ## services and gateway (:8000) with hot reload, on the stores of up-db
	node deploy/containers/bin/develop.mjs auth connection extraction storage analytics gateway

up-pipeline: ## extraction, storage, analytics with hot reload, on the stores of up-db
	node deploy/containers/bin/develop.mjs extraction storage analytics

up-frontend: ## the dashboard (:3000) with hot reload, before a gateway at :8000
	PF_API_PORT=3001 npm run dev --workspace=web-angular

# What one does with the system in containers, and in development. `make help` lists it; docs/start.md explains it.
SHELL := bash
compose := docker compose --env-file .env.compose
# For `make check`, and for the logs: one folder or service of many.
folder ?=
service ?=

# For `make restore` and `make drill`: a backup by its name, as `make backup` said it.
from ?=

.DEFAULT_GOAL := help
.PHONY: help setup up down reset logs check backup restore drill empty up-db up-backend up-frontend up-pipeline

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
	$(development) --profile '*' down --remove-orphans

reset: .env.compose ## destroy all data of the containers, asks first
	@read -r -p 'This destroys every account, row and backup in the volumes of personal-finances. Type "destroy": ' said; \
	  [ "$$said" = destroy ] || { echo 'Nothing was touched.'; exit 1; }
	$(operated) --profile '*' down --remove-orphans --volumes
	$(development) --profile '*' down --remove-orphans --volumes

operated := $(compose) -f docker-compose.yml -f deploy/containers/operator.yml
backups := /var/lib/personal-finances/backups

backup: .env.compose services/.env ## a backup of what runs: log, vault, raw objects; ends with its name
	@name=$$(date -u +%Y-%m-%dT%H%M%SZ) && \
	  $(operated) run --rm operator export $(backups)/$$name --objects && echo "make drill from=$$name"

drill: .env.compose services/.env ## prove a backup beside what runs: make drill from=NAME
	@[ -n '$(from)' ] || { echo 'Which one? make drill from=NAME'; exit 2; }
	@$(operated) up --detach --wait drill-nats drill-postgres
	@$(operated) run --rm drill $(backups)/$(from); passed=$$?; \
	  $(operated) rm --force --stop --volumes drill-nats drill-postgres; exit $$passed

empty: .env.compose ## destroy log, database, objects and marts, and keep master key, ledger and backups; asks first
	@read -r -p 'This destroys what a restore would have in its way: log, database, objects, marts. Type "destroy": ' said; \
	  [ "$$said" = destroy ] || { echo 'Nothing was touched.'; exit 1; }
	$(compose) --profile '*' down --remove-orphans
	docker volume rm --force $(foreach lost,nats postgres s3 marts,$(or $(COMPOSE_PROJECT_NAME),personal-finances)_$(lost))

restore: .env.compose services/.env ## a backup into empty stores (make empty), then start: make restore from=NAME
	@[ -n '$(from)' ] || { echo 'Which one? make restore from=NAME'; exit 2; }
	$(compose) build prepare
	@$(operated) run --rm --no-deps --entrypoint test operator -s /var/lib/personal-finances/master/master.key || \
	  { echo 'There is no master key in the volume personal-finances_master: docs/operations.md says how to put it there.'; exit 1; }
	$(compose) stop web gateway auth connection extraction storage analytics
	$(compose) up --detach --build --wait nats postgres s3
	$(compose) run --rm prepare
	$(operated) run --rm operator import $(backups)/$(from)
	$(MAKE) up

logs: .env.compose ## follow the logs of all, or of one: make logs service=gateway
	$(compose) logs --follow --tail 100 $(service)

check: ## lint, types and tests without servers, of all or of one: make check folder=services/auth
ifeq ($(folder),)
	npm run lint
	npm run types
	npm run unit
else
	npx biome check $(folder)
	$(if $(wildcard $(folder)/tsconfig.json),npx tsc -b $(folder))
	npm run unit -- $(folder)
endif

# Stores of their own, beside those of the installation in containers: code in the making shall not touch those.
project := $(or $(shell sed -n 's/^COMPOSE_PROJECT_NAME=//p' .env.compose 2>/dev/null),personal-finances)
development := $(compose) --project-name $(project)-development -f docker-compose.yml -f deploy/containers/development.yml

up-db: .env.compose services/.env ## event log, database, object store on ports of this machine, migrations done
	$(development) up --detach --build --wait nats postgres s3
	$(development) run --rm --build prepare

up-backend: ## services and gateway (:8000) with hot reload, on the stores of up-db
	node deploy/containers/bin/develop.mjs auth connection extraction storage analytics gateway

up-pipeline: ## extraction, storage, analytics with hot reload, on the stores of up-db (up-backend has run there before)
	node deploy/containers/bin/develop.mjs extraction storage analytics

up-frontend: ## the dashboard (:3000) with hot reload, before a gateway at :8000
	npx tsc -b contracts
	PF_API_PORT=3001 npm run dev --workspace=web-angular

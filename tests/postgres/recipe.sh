#!/usr/bin/env bash
# What rescuestream-server/docs/postgresql.md tells an administrator to do. The environment (PGHOST,
# PGPORT, PGUSER) says at which server; createuser reads the password twice.
set -euo pipefail
createuser --pwprompt rescuestream
createdb --owner=rescuestream --encoding=UTF8 --locale=C.UTF-8 --template=template0 rescuestream

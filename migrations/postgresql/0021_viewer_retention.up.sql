-- Old viewers without a token are deleted by themselves: anybody can make many of them.

DROP INDEX rescuestream.viewers_ended;
CREATE INDEX viewers_ended ON rescuestream.viewers (ended_at) WHERE ended_at IS NOT NULL AND token_id IS NOT NULL;
CREATE INDEX viewers_ended_without_token ON rescuestream.viewers (ended_at) WHERE ended_at IS NOT NULL AND token_id IS NULL;

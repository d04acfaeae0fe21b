-- Old viewers without a token are deleted by themselves: anybody can make many of them.

DROP INDEX viewers_ended;
CREATE INDEX viewers_ended ON viewers (ended_at) WHERE ended_at IS NOT NULL AND token_id IS NOT NULL;
CREATE INDEX viewers_ended_without_token ON viewers (ended_at) WHERE ended_at IS NOT NULL AND token_id IS NULL;

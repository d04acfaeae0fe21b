DROP INDEX viewers_ended_without_token;
DROP INDEX viewers_ended;
CREATE INDEX viewers_ended ON viewers (ended_at) WHERE ended_at IS NOT NULL;

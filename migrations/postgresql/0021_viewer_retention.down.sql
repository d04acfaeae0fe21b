DROP INDEX rescuestream.viewers_ended_without_token;
DROP INDEX rescuestream.viewers_ended;
CREATE INDEX viewers_ended ON rescuestream.viewers (ended_at) WHERE ended_at IS NOT NULL;

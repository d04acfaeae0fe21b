-- More than one media server, and more than one program that looks after them.

CREATE TABLE rescuestream.nodes (
    name         text PRIMARY KEY,
    label        text NOT NULL,
    api_url      text NOT NULL,
    api_user     text NOT NULL,
    api_password text NOT NULL,
    webrtc       text NOT NULL,
    hls          text NOT NULL,
    rtsp         text NOT NULL,
    rtmp         text NOT NULL,
    srt          text NOT NULL,
    draining     boolean NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL
);

-- Who looks after a node. No times: each program measures on its own clock how long `beat` stands still.
CREATE TABLE rescuestream.node_leases (
    node   text PRIMARY KEY,
    holder text NOT NULL,
    beat   bigint NOT NULL
);

-- What others act on. Whoever listens on the channel looks at the tables himself.
CREATE FUNCTION rescuestream.tell_others() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_notify(''rescuestream'', TG_TABLE_NAME); RETURN NULL; END';
CREATE TRIGGER cutoffs_tell AFTER INSERT OR DELETE ON rescuestream.cutoffs
    FOR EACH STATEMENT EXECUTE FUNCTION rescuestream.tell_others();
CREATE TRIGGER nodes_tell AFTER INSERT OR UPDATE OR DELETE ON rescuestream.nodes
    FOR EACH STATEMENT EXECUTE FUNCTION rescuestream.tell_others();

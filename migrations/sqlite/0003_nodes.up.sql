-- More than one media server, and more than one program that looks after them.

CREATE TABLE nodes (
    name         TEXT PRIMARY KEY,
    label        TEXT NOT NULL,
    api_url      TEXT NOT NULL,
    api_user     TEXT NOT NULL,
    api_password TEXT NOT NULL,
    webrtc       TEXT NOT NULL,
    hls          TEXT NOT NULL,
    rtsp         TEXT NOT NULL,
    rtmp         TEXT NOT NULL,
    srt          TEXT NOT NULL,
    draining     INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who looks after a node. No times: each program measures on its own clock how long `beat` stands still.
CREATE TABLE node_leases (
    node   TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    beat   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A node whose media server has not been seen to ask us is only watched: its unknown publishers are listed.

CREATE TABLE node_standings (
    node        TEXT NOT NULL,
    api_url     TEXT NOT NULL,  -- another address is another media server; empty: any
    asked_at    INTEGER,        -- it was first seen to ask
    enforced_at INTEGER,        -- it was said that unknown publishers are removed
    PRIMARY KEY (node, api_url)
) STRICT, WITHOUT ROWID;

CREATE TABLE unknown_sources (
    node           TEXT NOT NULL,
    connection_id  TEXT NOT NULL,
    path           TEXT NOT NULL,
    protocol       TEXT NOT NULL,
    remote_address TEXT NOT NULL,
    seen_at        INTEGER NOT NULL,
    PRIMARY KEY (node, connection_id)
) STRICT, WITHOUT ROWID;

-- Earlier releases removed them at once: on the nodes that they looked after it stays so.
-- (Streams may be millions: one step through their index for each node.)
WITH RECURSIVE of_streams (node) AS (
    SELECT min(node) FROM streams
    UNION ALL
    SELECT (SELECT min(s.node) FROM streams s WHERE s.node > of_streams.node)
    FROM of_streams WHERE of_streams.node IS NOT NULL
)
INSERT INTO node_standings (node, api_url, enforced_at)
SELECT node, '', CAST(strftime('%s', 'now') AS INTEGER) * 1000000
FROM (SELECT name AS node FROM nodes
      UNION SELECT node FROM node_leases
      UNION SELECT owner_node FROM stream_keys WHERE owner_node IS NOT NULL
      UNION SELECT node FROM of_streams WHERE node IS NOT NULL);

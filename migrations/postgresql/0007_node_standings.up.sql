-- A node whose media server has not been seen to ask us is only watched: its unknown publishers are listed.

CREATE TABLE rescuestream.node_standings (
    node        text NOT NULL,
    api_url     text NOT NULL,  -- another address is another media server; empty: any
    asked_at    timestamptz,    -- it was first seen to ask
    enforced_at timestamptz,    -- it was said that unknown publishers are removed
    PRIMARY KEY (node, api_url)
);

CREATE TABLE rescuestream.unknown_sources (
    node           text NOT NULL,
    connection_id  text NOT NULL,
    path           text NOT NULL,
    protocol       text NOT NULL,
    remote_address text NOT NULL,
    seen_at        timestamptz NOT NULL,
    PRIMARY KEY (node, connection_id)
);

-- Earlier releases removed them at once: on the nodes that they looked after it stays so.
-- (Streams may be millions: one step through their index for each node.)
WITH RECURSIVE of_streams (node) AS (
    SELECT min(node) FROM rescuestream.streams
    UNION ALL
    SELECT (SELECT min(s.node) FROM rescuestream.streams s WHERE s.node > of_streams.node)
    FROM of_streams WHERE of_streams.node IS NOT NULL
)
INSERT INTO rescuestream.node_standings (node, api_url, enforced_at)
SELECT known.node, '', now()
FROM (SELECT name AS node FROM rescuestream.nodes
      UNION SELECT node FROM rescuestream.node_leases
      UNION SELECT owner_node FROM rescuestream.stream_keys WHERE owner_node IS NOT NULL
      UNION SELECT node FROM of_streams WHERE node IS NOT NULL) AS known;

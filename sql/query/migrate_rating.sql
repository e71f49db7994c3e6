-- A piece: how customers were rated in every run; the one place where migration reads tiers. tier:
-- what is held and shown, 0 without one.
rating AS NOT MATERIALIZED (
    SELECT s.run_id, s.scheme, s.customer_id, s.status,
        CASE WHEN s.status = 0 THEN coalesce(s.tier, 0) ELSE 0 END AS tier
    FROM tier_state AS s
)

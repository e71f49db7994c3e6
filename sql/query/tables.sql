-- The store's tables, by name; no views.
SELECT t.tablename
FROM pg_catalog.pg_tables AS t
WHERE t.schemaname = current_schema()
ORDER BY t.tablename

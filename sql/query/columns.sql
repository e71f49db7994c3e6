-- Columns of table or view $1, in their order; none: it is not there, or not to be read.
SELECT c.column_name, t.table_type = 'VIEW' AS is_view
FROM information_schema.columns AS c
JOIN information_schema.tables AS t ON t.table_catalog = c.table_catalog
    AND t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_catalog = current_database() AND c.table_schema = current_schema()
    AND c.table_name = $1
ORDER BY c.ordinal_position

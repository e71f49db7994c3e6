-- What run $1 bound from the whole population.
SELECT b.name, b.value FROM run_bound AS b WHERE b.run_id = $1 ORDER BY b.name

/* SPDX-License-Identifier: MIT */
/*
 * Threads that share one connection of SQLite, whose mutexes are recursive: rows that each of them
 * adds, changes and removes. What is left in the end is known.
 */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS 4
#ifndef ROWS
#define ROWS 600
#endif

#define TABLE "CREATE TABLE t (owner INT, value INT, PRIMARY KEY (owner, value)) WITHOUT ROWID"

static sqlite3 *db;

static void ends_with(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
	exit(1);
}

static void does(sqlite3_stmt *statement, int first, int second)
{
	/* Another thread may have an error at the same connection, but none of these has one. */
	if (sqlite3_bind_int(statement, 1, first) || sqlite3_bind_int(statement, 2, second) ||
	    sqlite3_step(statement) != SQLITE_DONE || sqlite3_reset(statement))
		ends_with("a statement");
}

static sqlite3_stmt *prepared(const char *text)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db, text, -1, &statement, NULL))
		ends_with(text);
	return statement;
}

static void *works(void *p)
{
	int thread = *(int *)p;
	sqlite3_stmt *add = prepared("INSERT INTO t (owner, value) VALUES (?1, ?2)");
	sqlite3_stmt *change = prepared("UPDATE t SET value = value + 1 "
					"WHERE owner = ?1 AND value = ?2");
	sqlite3_stmt *drop = prepared("DELETE FROM t WHERE owner = ?1 AND value = ?2");

	for (int i = 0; i < ROWS; i++) {
		does(add, thread, 10 * i);
		does(change, thread, 10 * i);
		if (i % 3 == 0)
			does(drop, thread, 10 * i + 1);
	}
	sqlite3_finalize(add);
	sqlite3_finalize(change);
	sqlite3_finalize(drop);
	return p;
}

static long asked(const char *text)
{
	sqlite3_stmt *statement = prepared(text);
	long value;

	if (sqlite3_step(statement) != SQLITE_ROW)
		ends_with(text);
	value = (long)sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

int main(void)
{
	pthread_t threads[THREADS];
	int numbers[THREADS];
	long rows = 0, sum = 0;

	for (int i = 0; i < ROWS; i++) {
		rows += i % 3 != 0;
		sum += i % 3 != 0 ? 10 * i + 1 : 0;
	}
	if (!sqlite3_threadsafe() ||
	    sqlite3_open_v2(":memory:", &db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX,
			    NULL) ||
	    sqlite3_exec(db, TABLE, NULL, NULL, NULL))
		ends_with("open");
	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		if (pthread_create(&threads[i], NULL, works, &numbers[i]))
			return 1;
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	if (asked("SELECT count(*) FROM t") != THREADS * rows ||
	    asked("SELECT sum(value) FROM t") != THREADS * sum)
		return puts("wrong"), 1;
	if (sqlite3_close(db))
		ends_with("close");
	puts("right");
	return 0;
}

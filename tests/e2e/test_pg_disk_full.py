#!/usr/bin/env python3
"""A PostgreSQL server whose disk fills up during an import and a run: one error that says so, the
store as before, and once there is space again the command goes on. The server's whole folder, tables
and log, is on a small file system that another file fills; without the right to mount one the test
is skipped."""

import os

os.environ["STRATA_PG_DISK"] = "320m"

import pg_faults  # noqa: E402  first: it says which server the tests have
os.environ["STRATA_PG_SETTINGS"] += " -c wal_recycle=off -c min_wal_size=2MB"

import support  # noqa: E402
from disturbed_bank import start  # noqa: E402

FAULTS, LANDED_MIN = 6, 3
DISK_FULL = ("the disk is full", "磁盘已满")


class DiskFull(pg_faults.FaultyBank):
    """A bank on a disk that is too small."""

    def setUp(self):
        super().setUp()
        self.needed, self.full = 0, 0
        self.ballast = os.path.join(support.server(), "ballast")

    @staticmethod
    def free():
        """Bytes that the server may still write."""
        support.psql("CHECKPOINT")
        disk = os.statvfs(support.server())
        return disk.f_bavail * disk.f_frsize

    def fill(self, left):
        """Of the disk so much is left."""
        size = self.free() - left
        with open(self.ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)

    def undisturbed(self, command):
        """Also how much disk the command takes."""
        free = self.free()
        result = super().undisturbed(command)
        disk = os.statvfs(support.server())
        self.needed = free - disk.f_bavail * disk.f_frsize
        return result

    def disk_fills(self, command, moment, _seconds):
        """The command on a disk that has a part of what it needs; afterwards there is space."""
        language = next(self.languages)
        self.fill(int(moment * self.needed))
        with start(command, "--lang", language) as process:
            ended = self.ended(process, language, True)
        os.unlink(self.ballast)
        self.full += any(word in line for line in self.told for word in DISK_FULL)
        self.up()
        return ended

    def fill_often(self, command, seed):
        """Most of the time it is the disk that the error names: the server itself goes down when it
        cannot write its log."""
        self.disturb_often(command, self.disk_fills, seed, FAULTS, LANDED_MIN)
        self.assertGreaterEqual(self.full, LANDED_MIN)

    def test_import(self):
        self.fill_often(self.import_command(), seed=5)

    def test_run(self):
        self.import_the_rest()
        self.fill_often(self.command_run(self.other), seed=6)


if __name__ == "__main__":
    support.main()

"""Drops a file and its GO, resumes an upload and fetches the answers: known-hosts key-file port file go folder."""

import asyncio
import os
import sys

import asyncssh

known_hosts, key_file, port, file, go, folder = sys.argv[1:]


async def main():
    async with asyncssh.connect(
        "127.0.0.1", int(port), username="alpha", client_keys=[key_file], known_hosts=known_hosts, config=None
    ) as connection, connection.start_sftp_client() as sftp:
        assert sorted(n for n in await sftp.listdir("/") if n not in (".", "..")) == ["IN", "OUT"]
        name = os.path.basename(file)
        await sftp.put(file, f"/IN/{name}.tmp")
        await sftp.posix_rename(f"/IN/{name}.tmp", f"/IN/{name}")
        await sftp.put(go, "/IN")

        for mode, target in (("ab", "appended"), ("r+b", "resumed")):
            size = await sftp.getsize(f"/IN/{target}")
            with open(file, "rb") as local:
                local.seek(size)
                async with sftp.open(f"/IN/{target}", mode) as remote:
                    await remote.seek(size)
                    await remote.write(local.read())

        answers = [n for n in await sftp.listdir("/OUT") if n not in (".", "..")]
        await sftp.mget([f"/OUT/{answer}" for answer in answers], folder)
        for answer in answers:
            await sftp.remove(f"/OUT/{answer}")


asyncio.run(main())

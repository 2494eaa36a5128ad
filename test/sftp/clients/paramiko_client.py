"""Drops a file and its GO, resumes an upload and fetches the answers: host-key key-file port file go folder."""

import os
import sys

import paramiko

host_key, key_file, port, file, go, folder = sys.argv[1:]
kind, blob = host_key.split()
client = paramiko.SSHClient()
client.get_host_keys().add(f"[127.0.0.1]:{port}", kind, paramiko.Ed25519Key(data=paramiko.py3compat.decodebytes(blob.encode())) if hasattr(paramiko, "py3compat") else paramiko.Ed25519Key(data=__import__("base64").b64decode(blob)))
client.set_missing_host_key_policy(paramiko.RejectPolicy())
client.connect("127.0.0.1", int(port), username="alpha", key_filename=key_file, look_for_keys=False, allow_agent=False)
sftp = client.open_sftp()
assert sorted(sftp.listdir("/")) == ["IN", "OUT"]

name = os.path.basename(file)
sftp.put(file, f"/IN/{name}.tmp")
sftp.posix_rename(f"/IN/{name}.tmp", f"/IN/{name}")
sftp.put(go, f"/IN/{os.path.basename(go)}")

# "r+" asks for both, to read and to write.
for mode, target in (("ab", "appended"), ("r+b", "resumed")):
    size = sftp.stat(f"/IN/{target}").st_size
    with sftp.open(f"/IN/{target}", mode) as remote, open(file, "rb") as local:
        remote.set_pipelined(True)
        local.seek(size)
        remote.seek(size)
        while block := local.read(32768):
            remote.write(block)

sftp.chdir("/OUT")
for answer in sftp.listdir():
    sftp.get(answer, os.path.join(folder, answer))
    sftp.remove(answer)
assert sftp.listdir() == []
client.close()

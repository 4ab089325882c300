"""Create .venv and install the hashed requirements; says in one line what is missing.

Written for any Python 3, so that a too old one can be told so.
"""

import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")


def stop(sentence):
    sys.stderr.write("\n" + sentence + "\n")
    sys.exit(1)


def stamp_of(names):
    digest = hashlib.sha256(sys.version.encode())
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def say(sentence):
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def create():
    say("Creating the environment in .venv …")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True
    )
    if made.returncode != 0:
        version = "%d.%d" % sys.version_info[:2]
        stop(
            "Python cannot create environments here. On Debian or Ubuntu run:\n"
            "    sudo apt-get install -y python%s-venv python3-venv" % version
        )


def install(requirements):
    path = os.path.join(ROOT, requirements)
    with open(path) as file:
        total = sum(1 for line in file if "==" in line and not line.startswith((" ", "#")))
    say("Installing %s: %d packages, about a minute the first time" % (requirements, total))
    command = [
        PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes",
        "--only-binary", ":all:", "--no-binary", "flask-principal",  # it publishes no wheel
        "--progress-bar", "off", "--requirement", path,
    ]  # fmt: skip
    pip = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    said = show_progress(pip.stdout, total)
    if pip.wait() == 0:
        return
    errors = [line for line in said if line.startswith("ERROR")]
    sys.stderr.write("\n" + "\n".join(errors[-6:]) + "\n")
    network = ("connection", "resolution", "timed out", "from versions: none", "retrying")
    if any(word in line.lower() for word in network for line in said):
        stop(
            "The packages could not be fetched. Check the network connection (or the proxy in"
            " HTTPS_PROXY) and run the same command again."
        )
    stop("The packages could not be installed; the lines above say why.")


def show_progress(lines, total):
    """Count the packages that pip takes up; returns what it said."""
    said = []
    taken = 0
    for each in lines:
        line = each.strip()
        said.append(line)
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            taken += 1
            if sys.stdout.isatty():
                sys.stdout.write("\r  fetching %d of %d " % (min(taken, total), total))
                sys.stdout.flush()
            elif taken % 20 == 0:
                say("  fetching %d of %d" % (min(taken, total), total))
        elif line.startswith("Installing collected"):
            say("\r  fetched; installing …  " if sys.stdout.isatty() else "  fetched; installing …")
    return said


def main():
    if sys.version_info < (3, 11):
        stop(
            "Lòng Dân needs Python 3.11 or newer; this is %d.%d. Install a newer one and run, for"
            " example:  make demo PYTHON=python3.12" % sys.version_info[:2]
        )
    dev = "--dev" in sys.argv[1:]
    requirements = "requirements-dev.txt" if dev else "requirements.txt"
    stamp_path = os.path.join(VENV, "stamp-dev" if dev else "stamp")
    stamp = stamp_of(["requirements.txt", requirements])
    if os.path.exists(PYTHON) and os.path.exists(stamp_path):
        with open(stamp_path) as file:
            if file.read() == stamp:
                return
    if not os.path.exists(PYTHON) or subprocess.call([PYTHON, "-c", "import pip"]) != 0:
        create()
    install(requirements)
    with open(stamp_path, "w") as file:
        file.write(stamp)


if __name__ == "__main__":
    main()

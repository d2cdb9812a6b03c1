#!/bin/sh
# Installs the Debian packages that are missing, when allowed to; otherwise
# names them in one line to copy. `sh src/packages.sh build|test`.
set -u
build="gcc make pkg-config libhpdf-dev libharfbuzz-dev libgsl-dev libcjson-dev
libicu-dev libdeflate-dev libsqlite3-dev libxml2-dev libssl-dev
libcurl4-openssl-dev fonts-noto-core fonts-dejavu-core fonts-droid-fallback icc-profiles-free"
tests="libcmocka-dev qpdf poppler-utils jq sqlite3 locales"
want=$build
[ "${1:-build}" = test ] && want="$build $tests"

command -v dpkg-query >/dev/null 2>&1 || {
    echo "candor is built on Debian or Ubuntu; elsewhere install the like of:" $want >&2
    exit 0
}
missing=
for p in $want; do
    case $(dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null) in
    ii*) ;;
    *) missing="$missing $p" ;;
    esac
done
[ -z "$missing" ] && exit 0

run="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    sudo=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    sudo="sudo"
else
    echo "candor needs a few packages first; as root:  apt-get update && $run" >&2
    exit 5
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq && $sudo $run -qq >/dev/null || {
    echo "could not install them; as root:  apt-get update && $run" >&2
    exit 5
}

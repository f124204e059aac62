#!/bin/sh
# What a run that waits for its images needs, and what the engine has of it already.
#
#   images.sh RUN
#
# Prints lines: "project NAME", "platform OS/ARCH", "service NAME IMAGE BUILD", "image NAME ID", "layers JSON", "omits" where
# layers that are there need not be sent.
set -u
export LC_ALL=C
scratch=$1/scratch
[ -s "$scratch/services" ] || { echo "the run there has not told what it needs" >&2; exit 1; }
project=$(sed -n 's/^name: *//p' "$scratch/config.yml" | tr -d "\"'")
echo "project $project"
docker version --format 'platform {{.Server.Os}}/{{.Server.Arch}}' || exit 1
while IFS='	' read -r service image build _; do
  # What is only built gets the name that Compose gives it.
  [ "$image" != - ] || image=$project-$service
  echo "service $service $image $build"
  id=$(docker image inspect --format '{{.Id}}' "$image" 2>/dev/null) && echo "image $image $id"
done <"$scratch/services"
# An engine that keeps its images in containerd looks for every layer it is told of.
case $(docker info --format '{{.DriverStatus}}' 2>/dev/null) in
  *containerd.snapshotter*) ;;
  *)
    echo omits
    docker image ls --all --quiet --no-trunc | sort -u | xargs -r docker image inspect --format 'layers {{json .RootFS.Layers}}' 2>/dev/null
    ;;
esac
exit 0

#!/usr/bin/env bash
# Runs the tests that need Python: `./lorahub test --interop [--minutes N] [words for Maven]`.
#
# The environments are made from PyPI in the user's cache folder, once. If one can't be made, that is an error. With
# --minutes, which bounds the whole, its tests are skipped instead, and the reason is the last line: a registry that doesn't
# answer is no fault of the code. Tests that fail are an error either way.
set -uo pipefail

home=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scripts=$home/src/interop
cache=${XDG_CACHE_HOME:-${HOME:-$(echo ~)}/.cache}/lorahub/interop
python=$cache/python/bin/python
# The newest of 2 and of 1, and the one that requirements.txt pins for transformers; each has its client_tests/VERSION.tsv.
versions=(2.4.0 1.33.0 0.36.2)
# The newest of openai, and the newest of 1.
openai_versions=(3.57.0 1.109.1)

# Limits of the stages, well above what they take on 2 quiet cores: to install everything; all tests but those of real models; those.
install_minutes=10 test_minutes=12 model_minutes=12

minutes=
if [[ ${1:-} == --minutes ]]; then
  minutes=${2:-}
  shift 2
fi
unit=() packaged=() skipped=()

say() {
  echo "lorahub: $1" >&2
}

seconds_left() {
  echo $((minutes * 60 - SECONDS))
}

# A command, for as long as there is time for it.
bounded() {
  local limit=$1
  shift
  if [[ -z $minutes ]]; then "$@"; else timeout --kill-after=10 "$limit" "$@"; fi
}

# What an environment needs, within the time for all of them.
install() {
  local left=$((install_minutes * 60 - SECONDS))
  if [[ -n $minutes && $left -lt 1 ]]; then return 124; fi
  bounded "$left" "$@"
}

# environment NAME FILE [words for pip]: a virtual environment with the packages that FILE names.
environment() {
  local folder=$cache/$1 file=$2
  cmp -s "$file" "$folder/installed.txt" && return
  say "installing $1 from PyPI into $folder, once…"
  rm -rf "$folder"
  install python3 -m venv "$folder" &&
    install "$folder/bin/python" -m pip install --quiet --no-compile "${@:3}" -r "$file" &&
    cp "$file" "$folder/installed.txt"
}

client() {
  local name=huggingface_hub-$1 tests=$cache/client-tests
  { echo "huggingface_hub==$1" && cat "$scripts/client_tests.txt"; } >"$cache/$name.txt"
  environment "$name" "$cache/$name.txt" || return
  [[ -f $tests/$name.tar.gz ]] ||
    install "$cache/$name/bin/python" -m pip download --quiet --no-deps --no-binary :all: --no-build-isolation \
      "huggingface_hub==$1" --dest "$tests"
}

openai() {
  { echo "openai==$1" && cat "$scripts/openai.txt"; } >"$cache/openai-$1.txt"
  environment "openai-$1" "$cache/openai-$1.txt"
}

# torch's wheel for Linux and its dependencies have 3 GB of CUDA libraries that no test calls. They aren't installed; a small
# library of torch takes their names, and their functions are looked up only where they are called.
without_cuda() {
  local packages name
  packages=$(echo "$cache"/python/lib/python*/site-packages)
  [[ -f $packages/torch/lib/libtorch_cuda.so && ! -f $packages/lazy.pth ]] || return 0
  for name in libcublas.so.12 libcublasLt.so.12 libcudnn.so.9 libcufft.so.11 libcufile.so.0 libcupti.so.12 libcurand.so.10 \
    libcusolver.so.11 libcusparse.so.12 libcusparseLt.so.0 libnccl.so.2; do
    ln -sf libtorch_global_deps.so "$packages/torch/lib/$name"
  done
  echo 'import os, sys; sys.setdlopenflags(os.RTLD_LAZY)' >"$packages/lazy.pth"
}

# What the tests of real models need, while there is time for the tests.
computed() {
  bounded $(($(seconds_left) - test_minutes * 60)) "$@"
}

real_models() {
  cmp -s "$scripts/real_models.py" "$cache/models/real_models.py" && return
  say "computing with transformers and PEFT…"
  rm -rf "$cache/models"
  computed "$python" "$scripts/real_models.py" "$cache/models" && cp "$scripts/real_models.py" "$cache/models/"
}

demo_base() {
  local script=$home/src/hub/src/main/resources/demo-smollm2/src/save_base.py
  cmp -s "$script" "$cache/smollm2/save_base.py" && return
  rm -rf "$cache/smollm2"
  computed "$python" "$script" "$cache/smollm2" && cp "$script" "$cache/smollm2/"
}

# Adds the test classes for which everything is there.
choose() {
  local version
  command -v python3 >/dev/null || {
    skipped+=("There is no python3 here; these tests need Python 3.10 or newer.")
    return
  }
  if [[ -n $minutes && $minutes -lt $((install_minutes + test_minutes)) ]]; then
    skipped+=("$minutes minutes are left; they need $((install_minutes + test_minutes)).")
    return
  fi
  mkdir -p "$cache/client-tests"
  for version in "${versions[@]}"; do
    client "$version" || {
      skipped+=("huggingface_hub $version could not be installed from PyPI.")
      break
    }
  done
  for version in "${openai_versions[@]}"; do
    openai "$version" || {
      skipped+=("openai $version could not be installed from PyPI.")
      break
    }
  done
  [[ ${#skipped[@]} -gt 0 ]] || packaged+=(OpenAiClientsInterop)
  # The suites of three versions of huggingface_hub take too long for a run that has only so many minutes.
  [[ ${#skipped[@]} -gt 0 ]] || packaged+=(WebBenchInterop)
  [[ ${#skipped[@]} -gt 0 || -n $minutes ]] || packaged+=(HuggingFaceClientsInterop)
  if command -v npm >/dev/null && [[ -x /usr/bin/chromium ]]; then
    packaged+=(PagesBenchInterop)
  else
    skipped+=("Lighthouse needs Node.js with npm, and Chromium.")
  fi

  environment python "$scripts/requirements.txt" --no-deps && without_cuda || {
    skipped+=("torch, transformers and PEFT could not be installed from PyPI.")
    return
  }
  packaged+=(PeftInterop)
  unit+=(PresetReadersInterop TrainedLoraInterop)
  environment mlx "$scripts/mlx.txt" || {
    rm -rf "$cache/mlx"
    skipped+=("mlx-lm doesn't install here; an export isn't read with it.")
  }
  if [[ -n $minutes && $(seconds_left) -lt $(((test_minutes + model_minutes) * 60)) ]]; then
    skipped+=("$(($(seconds_left) / 60)) minutes are left; real models need $((test_minutes + model_minutes)).")
    return
  fi
  real_models && demo_base || {
    [[ -n $minutes ]] || return 1
    skipped+=("transformers did not compute what real models need; see above.")
    return
  }
  unit+=(RealModelsInterop Smollm2DemoInterop)
}

list() {
  local IFS=,
  echo "${*:-NoSuchTest}"
}

# `run.sh --environment NAME`: makes one environment, for a test that needs no other, and prints its folder.
if [[ ${1:-} == --environment ]]; then
  mkdir -p "$cache"
  environment "$2" "$scripts/$2.txt" && echo "$cache/$2"
  exit
fi

[[ -z $minutes || $minutes =~ ^[0-9]+$ ]] || { say "--minutes needs a whole number, not $minutes."; exit 2; }
choose || { say "transformers could not compute; see above."; exit 70; }
if [[ -z $minutes && ${#skipped[@]} -gt 0 && ${skipped[*]} != mlx-lm* && ${skipped[*]} != Lighthouse* ]]; then
  say "The interoperability tests can't run: ${skipped[*]}"
  exit 70
fi

status=0
if [[ ${#unit[@]} -gt 0 || ${#packaged[@]} -gt 0 ]]; then
  cd "$home" || exit
  bounded "$(seconds_left)" mvn -B verify -Dtest.forks=1 "-Dtest=$(list ${unit[@]+"${unit[@]}"})" "-Dit.test=$(list ${packaged[@]+"${packaged[@]}"})" \
    "-Dlorahub.interop=$cache" "$@"
  status=$?
fi
if [[ -n $minutes && $status -eq 124 ]]; then
  skipped+=("They had not ended after $minutes minutes.")
  status=0 # each has a limit of its own, after which it fails
fi
for reason in ${skipped[@]+"${skipped[@]}"}; do say "Interoperability tests skipped: $reason"; done
exit $status

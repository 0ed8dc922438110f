#!/bin/sh
# The hub's bucket and its own key, which can use this bucket only. Each step can be done again.
set -eu
mc alias set hub http://minio:9000 root "$(cat /run/secrets/minio-root-password)" >/dev/null
mc mb --ignore-existing hub/lorahub
cat >/tmp/policy.json <<'JSON'
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::lorahub", "arn:aws:s3:::lorahub/*"]}
  ]
}
JSON
mc admin policy create hub lorahub /tmp/policy.json
mc admin user add hub lorahub "$(cat /run/secrets/minio-password)"
# fails where it is so already
mc admin policy attach hub lorahub --user lorahub || mc admin user info hub lorahub | grep -q lorahub

{{- define "lorahub.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "lorahub.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "lorahub.labels" -}}
{{ include "lorahub.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "lorahub.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "lorahub.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* of each container, with its settings and what it can write to */ -}}
{{- define "lorahub.container" -}}
image: {{ include "lorahub.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
envFrom:
  - secretRef: {name: {{ required "Set secret to the name of a Secret with the hub's passwords." .root.Values.secret | quote }}}
env:
  - {name: LORAHUB_PUBLIC_URL, value: {{ required "Set publicUrl to the address of the hub." .root.Values.publicUrl | quote }}}
  - {name: LORAHUB_DATABASE_URL, value: {{ required "Set database.url to the hub's PostgreSQL." .root.Values.database.url | quote }}}
  - {name: LORAHUB_STORAGE_KIND, value: s3}
  - {name: LORAHUB_STORAGE_S3_ENDPOINT, value: {{ required "Set s3.endpoint to the address of the object store." .root.Values.s3.endpoint | quote }}}
  - {name: LORAHUB_STORAGE_S3_BUCKET, value: {{ .root.Values.s3.bucket | quote }}}
  - {name: LORAHUB_STORAGE_S3_REGION, value: {{ .root.Values.s3.region | quote }}}
  - {name: LORAHUB_ADMIN_MONITORING_PORT, value: "9464"}
  {{- range $name, $value := merge (dict) (.settings | default dict) .root.Values.settings }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
resources: {{- toYaml .resources | nindent 2 }}
{{- end }}

{{- define "lorahub.probes" -}}
ports:
  - {name: http, containerPort: 8080}
  - {name: monitoring, containerPort: 9464}
startupProbe:
  httpGet: {path: /q/health/started, port: monitoring}
  periodSeconds: 2
  failureThreshold: 90
livenessProbe:
  httpGet: {path: /q/health/live, port: monitoring}
  periodSeconds: 10
  timeoutSeconds: 5
readinessProbe:
  httpGet: {path: /q/health/ready, port: monitoring}
  periodSeconds: 2
  timeoutSeconds: 2
{{- end }}

{{- /* the image's own folder of the hub, and what Java unpacks */ -}}
{{- define "lorahub.mounts" -}}
- {name: home, mountPath: /var/lib/lorahub}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "lorahub.volumes" -}}
- {name: home, emptyDir: {}}
- {name: tmp, emptyDir: {}}
{{- end }}

{{/* The data directory: below the volume's root, where file systems keep files of their own. */}}
{{- define "lightningdb.volumePath" -}}/var/lib/lightningdb{{- end }}
{{- define "lightningdb.dataDirectory" -}}{{ include "lightningdb.volumePath" . }}/{{ .Values.persistence.directory }}{{- end }}
{{- define "lightningdb.backupsPath" -}}/var/lib/lightningdb-backups{{- end }}
{{- define "lightningdb.configPath" -}}/etc/lightningdb{{- end }}

{{- define "lightningdb.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/* 52 characters: a pod label holds this name, a dash and a ten-digit hash in at most 63. */}}
{{- define "lightningdb.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "lightningdb.headlessName" -}}{{ include "lightningdb.fullname" . }}-headless{{- end }}

{{- define "lightningdb.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "lightningdb.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* What the StatefulSet, services, budget and policy select by. Never changes: selectors are immutable. */}}
{{- define "lightningdb.selectorLabels" -}}
app.kubernetes.io/name: {{ include "lightningdb.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: database
{{- end }}

{{/* Labels of a resource. Takes a dict of the root context and the component. */}}
{{- define "lightningdb.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "lightningdb.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: lightningdb
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/* The secret with the admin token and its hash, and where certificates are mounted. */}}
{{- define "lightningdb.adminSecret" -}}
{{- default (printf "%s-admin" (include "lightningdb.fullname" .)) .Values.adminToken.existingSecret }}
{{- end }}
{{- define "lightningdb.tlsPath" -}}/etc/lightningdb-tls{{- end }}

{{/* The user of the process, in the pod of the database and in that of a restore. */}}
{{- define "lightningdb.podSecurityContext" -}}
runAsNonRoot: true
{{- with .Values.securityContext.runAsUser }}
runAsUser: {{ int64 . }}
{{- end }}
{{- with .Values.securityContext.runAsGroup }}
runAsGroup: {{ int64 . }}
{{- end }}
{{- with .Values.securityContext.fsGroup }}
fsGroup: {{ int64 . }}
{{- end }}
# Without it a large volume would be walked file by file at every start.
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Environment variables with the credentials of the object store, if a secret has them. */}}
{{- define "lightningdb.storeCredentials" -}}
{{- with .Values.backups.credentials.existingSecret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $.Values.backups.credentials.accessKeyIdKey }}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $.Values.backups.credentials.secretAccessKeyKey }}
{{- end }}
{{- end }}

{{/* Where a restore finds the backups. */}}
{{- define "lightningdb.restoreSource" -}}
{{- default (dig "backup" "directory" "" .Values.config) .Values.restore.source }}
{{- end }}

{{/* Where probes and Prometheus go. */}}
{{- define "lightningdb.managementPort" -}}{{ if .Values.management.port }}management{{ else }}http{{ end }}{{- end }}
{{- define "lightningdb.scheme" -}}{{ if .Values.tls.existingSecret }}https{{ else }}http{{ end }}{{- end }}
{{- define "lightningdb.managementScheme" -}}
{{- if .Values.management.port }}http{{ else }}{{ include "lightningdb.scheme" . }}{{ end }}
{{- end }}

{{/* application.yaml of the pod: what the chart decides, the settings from config, then extraConfig. */}}
{{- define "lightningdb.applicationYaml" -}}
{{- $own := dict
      "server" (dict "address" "0.0.0.0" "port" 8080)
      "lightning" (merge (dict "data-directory" (include "lightningdb.dataDirectory" .)) (deepCopy .Values.config)) }}
{{- if .Values.tls.existingSecret }}
{{- $path := include "lightningdb.tlsPath" . }}
{{- $pem := dict
      "reload-on-update" true
      "keystore" (dict "certificate" (printf "%s/tls.crt" $path) "private-key" (printf "%s/tls.key" $path)) }}
{{- if ne .Values.tls.clientAuth "none" }}
{{- $_ := set $pem "truststore" (dict "certificate" (printf "%s/ca.crt" $path)) }}
{{- end }}
{{- $_ := set $own.server "ssl" (dict "bundle" "server" "client-auth" .Values.tls.clientAuth) }}
{{- $_ := set $own "spring" (dict "ssl" (dict "bundle" (dict "pem" (dict "server" $pem)))) }}
{{- end }}
{{- if .Values.management.port }}
{{- $_ := set $own "management" (dict "server" (dict "port" (int64 .Values.management.port) "address" "0.0.0.0" "ssl" (dict "enabled" false))) }}
{{- end }}
{{- mergeOverwrite (deepCopy .Values.extraConfig) $own | toYaml }}
{{- end }}

{{/* Refuses combinations that the schema cannot see, or cannot explain. */}}
{{- define "lightningdb.validate" -}}
{{- $requests := toString .Values.resources.requests.memory }}
{{- $limits := toString .Values.resources.limits.memory }}
{{- if ne $requests $limits }}
{{- fail (printf "resources.requests.memory (%s) must equal resources.limits.memory (%s): the heap is sized by the limit, and memory that is not reserved can be taken back" $requests $limits) }}
{{- end }}
{{- if hasKey .Values.extraConfig "lightning" }}
{{- fail "extraConfig.lightning is not read: put the settings of the database under config" }}
{{- end }}
{{- range $name := list "port" "address" }}
{{- if hasKey (default dict $.Values.extraConfig.server) $name }}
{{- fail (printf "extraConfig.server.%s is set by the chart: clients connect to service.port" $name) }}
{{- end }}
{{- end }}
{{- if and (eq .Values.tls.clientAuth "need") (not .Values.management.port) }}
{{- fail "tls.clientAuth is need, so management.port must be set: probes have no certificate" }}
{{- end }}
{{- if and (ne .Values.tls.clientAuth "none") (not .Values.tls.existingSecret) }}
{{- fail "tls.clientAuth asks for certificates of clients, so tls.existingSecret must name a secret with tls.crt, tls.key and ca.crt" }}
{{- end }}
{{- if eq (int64 .Values.management.port) 8080 }}
{{- fail "management.port is 8080, where the clients are: choose another one, or 0 for the same" }}
{{- end }}
{{- if .Values.restore.enabled }}
{{- $source := include "lightningdb.restoreSource" . }}
{{- if not $source }}
{{- fail "restore.enabled is true, so restore.source or config.backup.directory must say where the backups are" }}
{{- end }}
{{- if and (not (hasPrefix "s3://" $source)) (not .Values.backups.existingClaim) }}
{{- fail (printf "restore.source is the directory %s, so backups.existingClaim must name the volume claim that has it" $source) }}
{{- end }}
{{- if and .Values.restore.toVersion .Values.restore.toTime }}
{{- fail "restore.toVersion and restore.toTime are both set: choose one of them" }}
{{- end }}
{{- if .Values.maintenance.enabled }}
{{- fail "restore.enabled and maintenance.enabled are both true: a restore needs the volume for itself" }}
{{- end }}
{{- if eq .Values.persistence.retention.whenScaled "Delete" }}
{{- fail "restore.enabled scales the database to zero, and persistence.retention.whenScaled is Delete: set it to Retain first, or the volume goes" }}
{{- end }}
{{- end }}
{{- $stop := add .Values.preStopSleepSeconds 30 }}
{{- if le (int64 .Values.terminationGracePeriodSeconds) $stop }}
{{- fail (printf "terminationGracePeriodSeconds (%d) must exceed preStopSleepSeconds and the 30 s in which requests drain (%d), and leave time for the flush" (int64 .Values.terminationGracePeriodSeconds) $stop) }}
{{- end }}
{{- end }}

{{/* Fails where a resource of the Prometheus Operator is asked for and the cluster cannot take it. */}}
{{- define "lightningdb.requireMonitoringApi" -}}
{{- if and .root.Values.monitoring.apiCheck (not (.root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) }}
{{- fail (printf "%s.enabled is true, but the cluster does not know monitoring.coreos.com/v1: install the Prometheus Operator, or set monitoring.apiCheck=false to render without asking a cluster" .value) }}
{{- end }}
{{- end }}

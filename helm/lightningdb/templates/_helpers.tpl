{{/* The data directory: below the volume's root, where file systems keep files of their own. */}}
{{- define "lightningdb.volumePath" -}}/var/lib/lightningdb{{- end }}
{{- define "lightningdb.dataDirectory" -}}{{ include "lightningdb.volumePath" . }}/{{ .Values.persistence.directory }}{{- end }}
{{- define "lightningdb.backupsPath" -}}/var/lib/lightningdb-backups{{- end }}
{{- define "lightningdb.scratchPath" -}}/var/lib/lightningdb-scratch{{- end }}
{{- define "lightningdb.configPath" -}}/etc/lightningdb{{- end }}
{{- define "lightningdb.tlsPath" -}}/etc/lightningdb-tls{{- end }}

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

{{/*
Labels of a resource. Takes a dict of the root context, the component, and labels of one's own for this resource.
Those of commonLabels and one's own win over the chart's, but for what selects, and what Helm knows its resources by.
*/}}
{{- define "lightningdb.labels" -}}
{{- $chart := dict
      "app.kubernetes.io/part-of" "lightningdb"
      "app.kubernetes.io/version" (toString .root.Chart.AppVersion) }}
{{- $fixed := dict
      "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
      "app.kubernetes.io/name" (include "lightningdb.name" .root)
      "app.kubernetes.io/instance" .root.Release.Name
      "app.kubernetes.io/component" .component
      "app.kubernetes.io/managed-by" .root.Release.Service }}
{{- mergeOverwrite $chart (default dict .root.Values.commonLabels) (default dict .own) $fixed | toYaml }}
{{- end }}

{{/* Annotations of a resource, if it has any. Takes a dict of the root context and annotations of one's own for it. */}}
{{- define "lightningdb.annotations" -}}
{{- with mergeOverwrite dict (default dict .root.Values.commonAnnotations) (default dict .own) -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Metadata of a resource. Takes a dict of the root context, the name, the component, own labels and annotations. */}}
{{- define "lightningdb.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "lightningdb.labels" (dict "root" .root "component" .component "own" .labels) | nindent 2 }}
{{- with include "lightningdb.annotations" (dict "root" .root "own" .annotations) }}
{{ . }}
{{- end }}
{{- end }}

{{/* The secret with the admin token and its hash. */}}
{{- define "lightningdb.adminSecret" -}}
{{- default (printf "%s-admin" (include "lightningdb.fullname" .)) .Values.adminToken.existingSecret }}
{{- end }}

{{/* The image: a digest names exactly one, so it wins over a tag. */}}
{{- define "lightningdb.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end }}
{{- end }}

{{/* The claim of the database's volume, and that of the backups if there is one. */}}
{{- define "lightningdb.dataClaim" -}}
{{- default (printf "data-%s-0" (include "lightningdb.fullname" .)) .Values.persistence.existingClaim }}
{{- end }}
{{- define "lightningdb.backupsClaim" -}}
{{- if .Values.backups.claim.create }}{{ include "lightningdb.fullname" . }}-backups{{ else }}{{ .Values.backups.existingClaim }}{{ end }}
{{- end }}

{{/* The token that `helm test` sends, as what a variable's value is read from. */}}
{{- define "lightningdb.testToken" -}}
secretKeyRef:
  {{- if .Values.tests.tokenSecret.name }}
  name: {{ .Values.tests.tokenSecret.name }}
  key: {{ .Values.tests.tokenSecret.key }}
  {{- else }}
  name: {{ include "lightningdb.adminSecret" . }}
  key: {{ .Values.adminToken.tokenKey }}
  # A secret of one's own may hold the hash alone; then the test is answered 401.
  optional: true
  {{- end }}
{{- end }}

{{/* Where `helm test` connects to. */}}
{{- define "lightningdb.testUrl" -}}
{{- $service := printf "%s://%s.%s.svc:%d" (include "lightningdb.scheme" .) (include "lightningdb.fullname" .) .Release.Namespace (int64 .Values.service.port) }}
{{- default $service .Values.tests.url }}
{{- end }}

{{/* The secret with the authorities that `helm test` trusts; empty where it trusts those of Java, or speaks no TLS. */}}
{{- define "lightningdb.testAuthorities" -}}
{{- if and .Values.tests.authorities.key (hasPrefix "https://" (include "lightningdb.testUrl" .)) }}
{{- default .Values.tls.existingSecret .Values.tests.authorities.existingSecret }}
{{- end }}
{{- end }}

{{/* Volumes of the pod of `helm test`, or their mounts. Takes a dict of the root context, and which of both. */}}
{{- define "lightningdb.testVolumes" -}}
{{- $authorities := include "lightningdb.testAuthorities" .root }}
{{- $client := .root.Values.tests.clientCertificate.existingSecret }}
{{- if and $authorities .mounted }}
- name: authorities
  mountPath: /etc/lightningdb-authorities
  readOnly: true
{{- else if $authorities }}
- name: authorities
  secret:
    secretName: {{ $authorities }}
    # Without the key of the server.
    items:
      - key: {{ .root.Values.tests.authorities.key }}
        path: {{ .root.Values.tests.authorities.key }}
    # Readable by the user and the group (fsGroup) alone.
    defaultMode: 0440
{{- end }}
{{- if and $client .mounted }}
- name: client
  mountPath: /etc/lightningdb-client
  readOnly: true
{{- else if $client }}
- name: client
  secret:
    secretName: {{ $client }}
    defaultMode: 0440
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

{{/*
Fails where a resource is asked for that the cluster cannot take. Takes a dict of the root context, the value that asks, the
API, what brings it, and the value with which it is not checked.
*/}}
{{- define "lightningdb.requireApi" -}}
{{- $check := include "lightningdb.valueOf" (dict "values" .root.Values "name" .check) }}
{{- if and (eq $check "true") (not (.root.Capabilities.APIVersions.Has .api)) }}
{{- fail (printf "%s.enabled is true, but the cluster does not know %s: install %s, or set %s=false to render without asking a cluster" .value .api .brings .check) }}
{{- end }}
{{- end }}

{{/* A value by its name with dots, as text; empty where it is not set. */}}
{{- define "lightningdb.valueOf" -}}
{{- $node := .values }}
{{- range splitList "." .name }}
{{- $node = ternary (get (default dict $node) .) "" (kindIs "map" $node) }}
{{- end }}
{{- if not (kindIs "invalid" $node) }}{{ toString $node }}{{ end }}
{{- end }}

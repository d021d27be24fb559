{{/* What the pod of the database and that of a restore have in common, but for containers and volumes. */}}
{{- define "lightningdb.podSpec" -}}
serviceAccountName: {{ include "lightningdb.serviceAccountName" . }}
automountServiceAccountToken: false
# Kubernetes would set LIGHTNING_… variables for a service of that name, and Spring would read them as settings.
enableServiceLinks: false
{{- range $name := list "dnsPolicy" "priorityClassName" "runtimeClassName" "schedulerName" }}
{{- with get $.Values $name }}
{{ $name }}: {{ . }}
{{- end }}
{{- end }}
{{- range $name := list "affinity" "dnsConfig" "hostAliases" "imagePullSecrets" "nodeSelector" "tolerations" "topologySpreadConstraints" }}
{{- with get $.Values $name }}
{{ $name }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
securityContext:
  {{- include "lightningdb.podSecurityContext" . | nindent 2 }}
{{- with .Values.initContainers }}
initContainers:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The user of the process, in the pod of the database and in that of a restore. */}}
{{- define "lightningdb.podSecurityContext" -}}
runAsNonRoot: true
{{- range $name := list "runAsUser" "runAsGroup" "fsGroup" }}
{{- with get $.Values.securityContext $name }}
{{ $name }}: {{ int64 . }}
{{- end }}
{{- end }}
{{- with .Values.securityContext.supplementalGroups }}
supplementalGroups:
  {{- range . }}
  - {{ int64 . }}
  {{- end }}
{{- end }}
fsGroupChangePolicy: {{ .Values.securityContext.fsGroupChangePolicy }}
{{- range $name := list "seccompProfile" "seLinuxOptions" }}
{{- with get $.Values.securityContext $name }}
{{ $name }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* What the containers of the image have in common, but for name, command, variables and mounts. */}}
{{- define "lightningdb.container" -}}
image: {{ include "lightningdb.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
{{- with .Values.containerSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Options of every Java process in the pods. */}}
{{- define "lightningdb.javaOptions" -}}
- name: JAVA_TOOL_OPTIONS
  value: {{ printf "-XX:MaxRAMPercentage=%d %s" (int64 .Values.java.maxRamPercentage) .Values.java.options | trim | quote }}
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

{{/* Mounts and volumes of both pods, but for the database's volume. Takes a dict of the root context, and whether backups are only read. */}}
{{- define "lightningdb.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if include "lightningdb.backupsClaim" .root }}
- name: backups
  mountPath: {{ include "lightningdb.backupsPath" .root }}
  {{- if .readOnly }}
  readOnly: true
  {{- end }}
{{- end }}
{{- with .root.Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- define "lightningdb.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ .Values.tmp.sizeLimit }}
{{- with include "lightningdb.backupsClaim" . }}
- name: backups
  persistentVolumeClaim:
    claimName: {{ . }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Specification of a claim. Takes a dict of size, storageClass, accessMode, and what else the claim may have. */}}
{{- define "lightningdb.claimSpec" -}}
accessModes:
  - {{ .accessMode }}
{{- with .storageClass }}
storageClassName: {{ . | quote }}
{{- end }}
{{- range $name := list "selector" "dataSource" }}
{{- with get $ $name }}
{{ $name }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
resources:
  requests:
    storage: {{ .size }}
{{- end }}
